-- purpose:    A phone number, SIP or client address without its last four digits; the kind (`whatsapp:`, `sip:`, …) stays.
-- kind:       macro
-- parameters: address VARCHAR as Twilio sent it, or null
-- example:    +14155551234 -> +1415555****; whatsapp:+14155551234 -> whatsapp:+1415555****; sip:+1-415-555-1234@h -> sip:+1-415-555-****@h
-- Nearly every address is plain E.164 or empty: the first branches are the fast ones. Otherwise the last four digits before an `@`.
case
  when strlen(address) < 4 then address
  when regexp_full_match(address, '\+?\d{4,}') then substr(address, 1, strlen(address) - 4) || '****'
  else regexp_replace(
    address,
    '^([^@]*)\d([^\d@]*)\d([^\d@]*)\d([^\d@]*)\d([^\d@]*(?:@.*)?)$',
    '\1*\2*\3*\4*\5'
  )
end
