import { statementFileName } from '../statement-name.js';
import { type Content, html, type Markup } from './html.js';

/** Code points of a name that the page shows; a longer one is cut, which is said. Twilio's FriendlyName has 64 at most. */
export const nameCharactersMax = 400;

/** A name of somebody else's as it is, kept from turning round what stands beside it. */
export function nameOf(text: string | null | undefined): Markup {
  const characters = [...(text ?? '')];
  const shown = characters.slice(0, nameCharactersMax).join('');
  const isVisible = /[^\p{C}\p{Z}]/u.test(shown);
  return html`<bdi class="name">${shown}</bdi>${isVisible ? undefined : html` <span class="note">(no visible character)</span>`}${
    characters.length > nameCharactersMax
      ? html` <span class="note">(cut: ${characters.length} characters)</span>`
      : undefined
  }`;
}

/** A customer with a link to the statement; the key too, where it is another text than the name. */
export const customerOf = (id: string | null | undefined, name: string | null | undefined): Markup =>
  html`<a href="customers/${statementFileName(id ?? '')}">${nameOf(name)}</a>${id === name ? undefined : html` <span class="note">${nameOf(id)}</span>`}`;

/** An account: what it is called, and its sid. */
export const accountOf = (sid: string | null | undefined, name: string | null | undefined): Markup =>
  html`${name === '' || name === null ? html`<span class="note">not listed by Twilio</span>` : nameOf(name)} <span class="note">${sid ?? ''}</span>`;

/** A status as a word in a frame of its kind. */
export const statusOf = (status: string | null | undefined): Markup =>
  html`<span class="status ${status ?? 'unknown'}">${status ?? 'unknown'}</span>`;

/** A main part of the page, with its heading. */
export const section = (id: string, title: string, content: Content): Markup => html`
<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${title}</h2>
${content}
</section>`;

/** Charts and tables of each currency beside each other, where there is room. */
export const byCurrency = (blocks: readonly Content[]): Markup =>
  html`<div class="currencies">${blocks.map((block) => html`<div class="block">${block}</div>`)}</div>`;

export const currencyHeading = (currency: string, what = ''): Markup =>
  html`<h3>${currency}${what === '' ? undefined : html` <span class="note">${what}</span>`}</h3>`;

export const paragraph = (...content: readonly Content[]): Markup => html`<p>${content}</p>`;

export const note = (...content: readonly Content[]): Markup => html`<p class="note">${content}</p>`;

/** Words that other programs write with underscores. */
export const words = (name: string | null | undefined): string => (name ?? '').replaceAll(/[_-]/g, ' ');
