//! Where a pledge would be spent best: a sum of reasons, like every score here. Pure.

/// What is known of a project that products depend on.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub criticality: Option<f64>,
    pub systemic_risk: Option<f64>,
    pub is_direct: bool,
    pub products: usize,
    pub all_products: usize,
    pub open_needs: i64,
    pub maintainers: usize,
}

/// One reason: what it is about, its points of how many, and a sentence.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reason {
    pub factor: &'static str,
    pub points: f64,
    pub most: f64,
    pub text: String,
}

/// The score and its reasons, whose points are its sum.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Priority {
    pub reasons: Vec<Reason>,
}

impl Priority {
    pub(super) fn score(&self) -> f64 {
        self.reasons.iter().map(|reason| reason.points).sum()
    }
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// Weighs the facts; at most 100 points.
pub(super) fn of(facts: &Facts) -> Priority {
    Priority { reasons: vec![importance(facts), reach(facts), distance(facts), fragility(facts), openings(facts)] }
}

fn importance(facts: &Facts) -> Reason {
    let most = 30.0;
    let (value, text) = match (facts.systemic_risk, facts.criticality) {
        (Some(risk), _) => (risk, format!("Its systemic risk is {risk:.2} of 1.")),
        (None, Some(score)) => (score, format!("Its criticality is {score:.2} of 1.")),
        (None, None) => (0.0, "Nobody has rated how critical it is.".to_owned()),
    };
    Reason { factor: "importance", points: most * value.clamp(0.0, 1.0), most, text }
}

fn reach(facts: &Facts) -> Reason {
    let most = 20.0;
    let share = if facts.all_products == 0 { 0.0 } else { number(facts.products) / number(facts.all_products) };
    let text = format!("{} of your {} products contain it.", facts.products, facts.all_products);
    Reason { factor: "reach", points: most * share, most, text }
}

fn distance(facts: &Facts) -> Reason {
    let most = 15.0;
    let (points, text) = if facts.is_direct {
        (most, "Your code uses it itself.")
    } else {
        (most / 2.0, "It comes in through other packages.")
    };
    Reason { factor: "distance", points, most, text: text.to_owned() }
}

fn fragility(facts: &Facts) -> Reason {
    let most = 20.0;
    let (points, text) = match facts.maintainers {
        0 => (most / 2.0, "Nobody has claimed its listing, so nobody knows who stands behind it.".to_owned()),
        1 => (most, "One person maintains it.".to_owned()),
        2 => (most / 2.0, "Two people maintain it.".to_owned()),
        many => (0.0, format!("{many} people maintain it.")),
    };
    Reason { factor: "fragility", points, most, text }
}

fn openings(facts: &Facts) -> Reason {
    let most = 15.0;
    let (points, text) = match facts.open_needs {
        0 => (0.0, "It has no open need at the moment: hours would have nowhere to go.".to_owned()),
        1 => (most, "It has an open need.".to_owned()),
        many => (most, format!("It has {many} open needs.")),
    };
    Reason { factor: "openings", points, most, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            criticality: Some(1.0),
            systemic_risk: None,
            is_direct: true,
            products: 2,
            all_products: 2,
            open_needs: 3,
            maintainers: 1,
        }
    }

    #[test]
    fn the_reasons_sum_to_at_most_a_hundred() {
        let best = of(&facts());
        assert!((best.score() - 100.0).abs() < 1e-9);
        assert!((best.reasons.iter().map(|reason| reason.most).sum::<f64>() - 100.0).abs() < 1e-9);
        let none = Facts {
            criticality: None,
            is_direct: false,
            products: 0,
            all_products: 0,
            open_needs: 0,
            maintainers: 9,
            ..facts()
        };
        assert!((of(&none).score() - 7.5).abs() < 1e-9);
    }

    #[test]
    fn each_fact_counts() {
        let best = of(&facts()).score();
        for worse in [
            Facts { criticality: Some(0.5), ..facts() },
            Facts { systemic_risk: Some(0.1), ..facts() },
            Facts { is_direct: false, ..facts() },
            Facts { products: 1, ..facts() },
            Facts { open_needs: 0, ..facts() },
            Facts { maintainers: 2, ..facts() },
        ] {
            assert!(of(&worse).score() < best, "{worse:?}");
        }
    }
}
