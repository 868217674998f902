import { describe, expect, it } from 'vitest';
import { html, Markup } from '../../../src/domain/month-page/html.js';
import { nameCharactersMax, nameOf } from '../../../src/domain/month-page/parts.js';

describe('html', () => {
  it('escapes every text that is put in, in text and in attributes, and in lists of any depth', () => {
    const evil = `"><script>alert('1')</script>&amp;`;
    const safe = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;';
    expect(html`<p title="${evil}">${evil}${[evil, [evil]]}</p>`.text).toBe(
      `<p title="${safe}">${safe}${safe}${safe}</p>`,
    );
  });

  it('takes mark-up as it is, and nothing for nothing', () => {
    expect(html`<ul>${[html`<li>${1}</li>`, undefined, html`<li>${0}</li>`]}</ul>`.text).toBe(
      '<ul><li>1</li><li>0</li></ul>',
    );
    expect(html`${new Markup('<b>')}`.text).toBe('<b>');
  });

  it('keeps a carriage return, which a parser would turn into a line feed, and has a sign for what HTML cannot say', () => {
    expect(html`${'a\rb\0c'}`.text).toBe('a&#13;b\uFFFDc');
  });
});

describe('a name', () => {
  it('is kept apart from what stands beside it, and is whole', () => {
    expect(nameOf('\u202Elive').text).toBe('<bdi class="name">\u202Elive</bdi>');
    expect(nameOf(' a ').text).toBe('<bdi class="name"> a </bdi>');
  });

  it('says so where there is nothing to see', () => {
    expect(nameOf('\u200B').text).toContain('(no visible character)');
    expect(nameOf('a\u200B').text).not.toContain('(no visible character)');
  });

  it('is cut where no page could hold it, between characters, and says so', () => {
    const long = '👩'.repeat(nameCharactersMax + 1);
    expect(nameOf(long).text).toContain(`${'👩'.repeat(nameCharactersMax)}</bdi>`);
    expect(nameOf(long).text).toContain(`(cut: ${nameCharactersMax + 1} characters)`);
    expect(nameOf('x'.repeat(nameCharactersMax)).text).not.toContain('cut');
  });
});
