-- purpose:    A text as CSV has it: with an apostrophe before it where a spreadsheet would run it. The rule is that of
--             src/domain/formula.ts, and a test holds the two against each other.
-- kind:       macro
-- parameters: value VARCHAR
-- example:    '=1+1' -> '''=1+1'; 'Acme' -> 'Acme'; '  -1' -> '''  -1'
-- Most texts begin with a letter or a digit: those are told without a pattern.
case
  when value >= '0' and value < ':' then value
  when value >= 'A' and value < '[' then value
  when value >= 'a' and value < '{' then value
  when regexp_matches(value, '^''*(?:[\s\v\p{Z}\p{Cc}\p{Cf}]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|[\t\r\n])')
    then '''' || value
  else value
end
