/** Merchants that no account goes to by itself, and ways to pay that nobody here uses: for payments that should be noticed. */
export const STRANGE_MERCHANTS = [
  "XQ DIGITAL GOODS 88 LIMASSOL",
  "LUCKY SEVENS ONLINE CASINO",
  "BTC-EXCH VLADI 4471",
  "GIFTCARDS4U HK",
  "PHONEUNLOCK PRO LAGOS",
  "REPLICA WATCH HUB SZ",
] as const;
export const STRANGE_METHODS = ["prepaid voucher", "crypto wallet", "wire"] as const;
export const RECURRING_STRANGERS = [
  "PREMIUM VIP MEMBERSHIP",
  "TECHGUARD LIFETIME PLAN",
  "ADVISOR SIGNALS PRO",
] as const;
