-- purpose:    The first four digits of a telephone number, which are all that tell its country; empty where the address
--             is no E.164 number (a short code, a name, a SIP or client address).
-- kind:       macro
-- parameters: address VARCHAR as landed: perhaps without its last four digits, perhaps with the
--             kind of a channel before it
-- example:    +1415555**** -> 1415; whatsapp:+44770090**** -> 4477; +35**** -> 35**; 40404 -> ; client:anna ->
-- No pattern is matched: this reads every record.
case
  when starts_with(address, '+') then substr(address, 2, 4)
  when starts_with(address, 'whatsapp:+') then substr(address, 11, 4)
  when starts_with(address, 'rcs:+') then substr(address, 6, 4)
  else ''
end
