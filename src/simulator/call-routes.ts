import { CALLS_INBOUND, categoryIndex, TRUNKING_ORIGINATION } from './categories.js';
import { NumberType } from './phone-numbers.js';

/** Who is at one end of a call. */
export type End = 'own' | 'stranger' | 'client' | 'sip';

/** One way in which a call can go: who calls whom, and what Twilio counts it as. */
export interface Route {
  direction: 'inbound' | 'outbound-api' | 'outbound-dial' | 'trunking-terminating' | 'trunking-originating';
  from: End;
  to: End;
  /** Leaf category by the type of the account's own number. */
  leaf: readonly number[];
  /** List price per started minute by the type of the own number, in hundred-millionths of a US dollar. */
  listPrice: readonly number[];
}

function one(name: string): number[] {
  const index = categoryIndex(name);
  return [index, index, index];
}

const CLIENT = one('calls-client');
const SIP_IN = one('calls-sip-inbound');
const SIP_OUT = one('calls-sip-outbound');
const OUTBOUND = one('calls-outbound');

function flat(price: number): number[] {
  return [price, price, price];
}

const INBOUND_PRICE: number[] = [];
INBOUND_PRICE[NumberType.local] = 850_000;
INBOUND_PRICE[NumberType.mobile] = 1_000_000;
INBOUND_PRICE[NumberType.tollFree] = 2_200_000;

const ROUTES = {
  inbound: { direction: 'inbound', from: 'stranger', to: 'own', leaf: CALLS_INBOUND, listPrice: INBOUND_PRICE },
  api: { direction: 'outbound-api', from: 'own', to: 'stranger', leaf: OUTBOUND, listPrice: flat(1_400_000) },
  dial: { direction: 'outbound-dial', from: 'own', to: 'stranger', leaf: OUTBOUND, listPrice: flat(1_400_000) },
  fromClient: { direction: 'inbound', from: 'client', to: 'own', leaf: CLIENT, listPrice: flat(400_000) },
  apiClient: { direction: 'outbound-api', from: 'own', to: 'client', leaf: CLIENT, listPrice: flat(400_000) },
  dialClient: { direction: 'outbound-dial', from: 'own', to: 'client', leaf: CLIENT, listPrice: flat(400_000) },
  fromSip: { direction: 'inbound', from: 'sip', to: 'own', leaf: SIP_IN, listPrice: flat(400_000) },
  apiSip: { direction: 'outbound-api', from: 'own', to: 'sip', leaf: SIP_OUT, listPrice: flat(400_000) },
  dialSip: { direction: 'outbound-dial', from: 'own', to: 'sip', leaf: SIP_OUT, listPrice: flat(400_000) },
  terminating: {
    direction: 'trunking-terminating',
    from: 'own',
    to: 'stranger',
    leaf: one('trunking-termination'),
    listPrice: flat(712_345),
  },
  originating: {
    direction: 'trunking-originating',
    from: 'stranger',
    to: 'own',
    leaf: TRUNKING_ORIGINATION,
    listPrice: flat(450_000),
  },
} satisfies Record<string, Route>;

function pick(...shares: [keyof typeof ROUTES, number][]): Route[] {
  return shares.flatMap(([name, share]) => Array.from({ length: share }, () => ROUTES[name]));
}

/** Thirty-two of each, so that five bits choose. */
export const SINGLE_ROUTES: readonly Route[] = pick(
  ['inbound', 11],
  ['api', 11],
  ['fromClient', 1],
  ['apiClient', 1],
  ['fromSip', 1],
  ['apiSip', 1],
  ['terminating', 3],
  ['originating', 3],
);
export const PARENT_ROUTES: readonly Route[] = pick(['inbound', 20], ['api', 8], ['fromClient', 2], ['fromSip', 2]);
export const LEG_ROUTES: readonly Route[] = pick(['dial', 18], ['dialClient', 6], ['dialSip', 4], ['inbound', 4]);
