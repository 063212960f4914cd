-- Gaps go with their controller, and the audit log says how many events never came: nobody could fill them
-- any more, and they would count as missing for ever. Those of controllers that were removed before this:
DELETE FROM event_gap WHERE device_id NOT IN (SELECT id FROM device);
