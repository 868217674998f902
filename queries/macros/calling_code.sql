-- purpose:    The country calling code that a telephone number begins with, without the plus; null where the address is no E.164
--             number (a short code, a name, a SIP or client address) or too little of it is left to tell. Source of the lengths:
--             ITU-T E.164, annex "List of assigned country codes": zones 1 and 7 have one digit, 44 codes have two, all others three.
-- kind:       macro
-- parameters: address VARCHAR as landed: perhaps without its last four digits, perhaps with the kind of a channel before it
-- example:    +1415555**** -> 1; whatsapp:+44770090**** -> 44; +35312345678 -> 353; +35**** -> null; 40404 -> null
-- One zone each, so that the first two digits decide and nothing is tried twice: this reads every priced row.
nullif(regexp_extract(
  address,
  '^(?:whatsapp:|rcs:)?\+([17]|2(?:[07]|[1-689]\d)|3(?:[0-469]|[578]\d)|4(?:[013-9]|2\d)|5(?:[1-8]|[09]\d)|6(?:[0-6]|[7-9]\d)|8(?:[1246]|[035789]\d)|9(?:[0-58]|[679]\d))\d*\**$',
  1
), '')
