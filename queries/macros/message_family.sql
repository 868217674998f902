-- purpose:    The family of usage categories that a message is counted in. A channel is told by the kind before either
--             address; MMS by its sid or its media.
-- kind:       macro
-- parameters: sid VARCHAR; from_address VARCHAR; to_address VARCHAR; media_count INTEGER null = Twilio gives none
-- example:    'SM1', 'whatsapp:+14155550100', '+14155550101', 0 -> channels; 'MM1', '+14155550100', '+14155550101', 1
--             -> mms
case
  when from_address like 'rcs:%' or to_address like 'rcs:%' then 'rcs'
  when from_address like '%:%' or to_address like '%:%' then 'channels'
  when sid like 'MM%' or media_count > 0 then 'mms'
  else 'sms'
end
