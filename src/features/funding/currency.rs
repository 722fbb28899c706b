//! Amounts of money by ISO 4217: which codes there are, and how many digits each has after the point. Pure.

use crate::kernel::Fault;

/// Codes with two digits.
const TWO: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP \
    CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD \
    KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN \
    QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED \
    VES WST XCD XCG YER ZAR ZMW ZWG";
/// Codes without any.
const NONE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// Codes with three.
const THREE: &str = "BHD IQD JOD KWD LYD OMR TND";

/// How much anybody promises at most, in whole units.
const MOST: f64 = 1e12;

/// A currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Currency {
    pub code: &'static str,
    digits: i32,
}

impl Currency {
    /// Checks the code.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let find = |list: &'static str| list.split_whitespace().find(|code| *code == text);
        let found =
            [(TWO, 2), (NONE, 0), (THREE, 3)].into_iter().find_map(|(list, digits)| Some((find(list)?, digits)));
        found.map(|(code, digits)| Self { code, digits }).ok_or_else(|| {
            Fault::new(
                "unknown_currency",
                format!("{text:?} is no currency in use by ISO 4217; write one such as EUR or JPY."),
            )
        })
    }

    fn factor(self) -> f64 {
        10_f64.powi(self.digits)
    }

    /// The amount in the smallest unit of the currency; it has no more digits than that.
    pub(super) fn minor(self, amount: f64) -> Result<i64, Fault> {
        if !amount.is_finite() || amount <= 0.0 || amount > MOST {
            return Err(Fault::new(
                "out_of_range",
                format!("An amount is above 0 and at most {MOST}; it is {amount}."),
            ));
        }
        let minor = (amount * self.factor()).round();
        if ((minor / self.factor()) - amount).abs() > 1e-9 * amount.max(1.0) {
            let detail = format!("{} has {} digits after the point; {amount} has more.", self.code, self.digits);
            return Err(Fault::new("too_many_digits", detail));
        }
        // Below 10^15, so the text is the number itself.
        format!("{minor:.0}").parse().map_err(|_no| Fault::new("out_of_range", format!("{amount} is no amount.")))
    }

    /// The amount in whole units.
    pub(super) fn amount(self, minor: i64) -> f64 {
        let text = minor.to_string();
        text.parse::<f64>().map_or(0.0, |minor| minor / self.factor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_have_their_digits() {
        for (code, amount, minor) in [
            ("EUR", 12.34, 1234),
            ("JPY", 500.0, 500),
            ("KWD", 1.234, 1234),
            ("USD", 0.01, 1),
            ("EUR", 1e12, 100_000_000_000_000),
        ] {
            let currency = Currency::parse(code).unwrap();
            assert_eq!(currency.minor(amount), Ok(minor), "{code} {amount}");
            assert!((currency.amount(minor) - amount).abs() < 1e-9);
        }
        for (code, amount, fault) in [
            ("EUR", 0.001, "too_many_digits"),
            ("JPY", 0.5, "too_many_digits"),
            ("EUR", 0.0, "out_of_range"),
            ("EUR", -1.0, "out_of_range"),
            ("EUR", f64::NAN, "out_of_range"),
            ("EUR", 1e13, "out_of_range"),
        ] {
            assert_eq!(Currency::parse(code).unwrap().minor(amount).unwrap_err().code, fault, "{code} {amount}");
        }
        for text in ["", "eur", "EURO", "XXX", "DEM", "BTC"] {
            assert_eq!(Currency::parse(text).unwrap_err().code, "unknown_currency", "{text}");
        }
    }

    proptest! {
        #[test]
        fn amounts_come_back(minor in 1..100_000_000_000_000_i64, code in proptest::sample::select(vec!["EUR", "JPY", "TND"])) {
            let currency = Currency::parse(code).unwrap();
            let amount = currency.amount(minor);
            prop_assume!(amount <= MOST);
            prop_assert_eq!(currency.minor(amount), Ok(minor));
        }
    }
}
