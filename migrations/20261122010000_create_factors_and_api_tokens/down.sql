drop table api_tokens;
drop table factor_failures;
drop table sign_in_challenges;
drop table recovery_codes;
drop table totp_factors;
