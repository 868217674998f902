-- purpose:    The family of usage categories that a call is counted in. Trunks are told by the direction; other calls
--             by who is at the far end: who calls in, or who is called.
-- kind:       macro
-- parameters: direction VARCHAR Twilio's; from_address VARCHAR; to_address VARCHAR
-- example:    'inbound', 'client:anna', '+14155550100' -> client_and_sip_voice; 'outbound-dial', 'client:anna',
--             '+14155550100' -> voice
case
  when direction like 'trunking%' then 'trunking'
  when regexp_matches(case when direction = 'inbound' then from_address else to_address end, '^(client|sips?):')
    then 'client_and_sip_voice'
  else 'voice'
end
