//! Hours a week, counted in halves.

use super::Fault;

/// Checks hours: between two bounds, in steps of half an hour, so that sums of them are exact.
pub fn half_hours(hours: f64, least: f64, most: f64) -> Result<f64, Fault> {
    if !hours.is_finite() || hours < least || hours > most {
        return Err(Fault::new("out_of_range", format!("Must be between {least} and {most} hours; it is {hours}.")));
    }
    if (hours * 2.0).fract() != 0.0 {
        return Err(Fault::new("not_in_halves", format!("Hours are counted in halves, such as 1.5; it is {hours}.")));
    }
    Ok(hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_bounded_and_in_halves() {
        assert_eq!(half_hours(1.5, 0.5, 60.0), Ok(1.5));
        for (hours, code) in [
            (0.0, "out_of_range"),
            (-1.0, "out_of_range"),
            (60.5, "out_of_range"),
            (f64::NAN, "out_of_range"),
            (f64::INFINITY, "out_of_range"),
            (1.25, "not_in_halves"),
        ] {
            assert_eq!(half_hours(hours, 0.5, 60.0).unwrap_err().code, code, "{hours}");
        }
    }
}
