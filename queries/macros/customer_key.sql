-- purpose:    A customer in letters that every accounting system takes: readable ones of its id first, at most 20, then a hash that
--             tells apart ids which differ only in case or in other characters. At most 33 letters; depends on the id alone.
-- kind:       macro
-- parameters: customer_id VARCHAR
-- example:    Acme GmbH & Co. -> acme-gmbh-co-… and 12 hexadecimal digits of the id's MD5; 客户 -> customer-…
coalesce(
  nullif(rtrim(left(ltrim(regexp_replace(lower(customer_id), '[^a-z0-9]+', '-', 'g'), '-'), 20), '-'), ''),
  'customer'
) || '-' || left(md5(customer_id), 12)
