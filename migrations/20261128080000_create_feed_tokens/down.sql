drop table feed_tokens;
