-- purpose:    An exact amount rounded to its currency's smallest coin, half away from zero: 0.005 is 0.01 and -0.005 is -0.01. Null where
--             ISO 4217 gives the currency no coin.
-- kind:       macro
-- parameters: amount DECIMAL of any scale up to 14; minor_unit INTEGER decimals of the coin: 0, 2, 3 or 4
-- example:    0.125, 2 -> 0.1300; -2.5, 0 -> -3.0000; 1, null -> null
-- `round` of a DECIMAL is exact, and takes the number of decimals only where it is written out.
case minor_unit
  when 0 then cast(round(amount, 0) as decimal(38, 4))
  when 2 then cast(round(amount, 2) as decimal(38, 4))
  when 3 then cast(round(amount, 3) as decimal(38, 4))
  when 4 then cast(round(amount, 4) as decimal(38, 4))
end
