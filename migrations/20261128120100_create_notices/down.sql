drop table notification_preferences;
drop table notices;
