//! Which signals count, how much, and how each is brought between 0 and 1.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::built_in;

/// A set of parameters, with the name that is kept beside every score made with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    pub(super) id: Cow<'static, str>,
    pub(super) inputs: Cow<'static, [Input]>,
}

/// One signal's part in the mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The signal's name with its namespace: `legacy.created_since`.
    pub field: Cow<'static, str>,
    /// How much it counts beside the others; above 0.
    pub weight: f64,
    /// Where its values are cut off. Without bounds the value counts as it is, after the distribution.
    pub bounds: Option<Bounds>,
    /// How its values are spread.
    pub distribution: Distribution,
    /// When it counts at all.
    pub condition: Option<Condition>,
}

/// Between what a signal is cut off; `lower < upper`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// A value at or below it is worth 0.
    pub lower: f64,
    /// A value at or above it is worth 1.
    pub upper: f64,
    /// Turns the two around: fewer months since the last change are better.
    pub smaller_is_better: bool,
}

/// How a signal's values are spread over the projects of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distribution {
    /// Evenly: the value itself.
    Linear,
    /// Few have much, most have little: the logarithm of one more than the value.
    Zipfian,
}

/// A signal that must be known, or must not be, for an input to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The signal's name with its namespace.
    pub field: Cow<'static, str>,
    /// Whether it must be known.
    pub exists: bool,
}

impl Parameters {
    /// The names of the sets that are built in.
    pub const BUILT_IN: [&'static str; 2] = ["original_pike", "pike_depsdev"];

    /// A built-in set: `original_pike`, the weights of the original tool, or `pike_depsdev`, in which the number of
    /// dependents that deps.dev counts stands in for most of the weight of mentions on GitHub.
    pub fn built_in(name: &str) -> Option<&'static Self> {
        match name {
            "original_pike" => Some(&built_in::ORIGINAL_PIKE),
            "pike_depsdev" => Some(&built_in::PIKE_DEPSDEV),
            _ => None,
        }
    }

    /// The name of the set.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its inputs, in the order in which they are added up.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Every signal the set looks at, those of its conditions too.
    pub fn fields(&self) -> BTreeSet<&str> {
        let conditions = self.inputs.iter().filter_map(|input| input.condition.as_ref());
        let own = self.inputs.iter().map(|input| input.field.as_ref());
        own.chain(conditions.map(|condition| condition.field.as_ref())).collect()
    }
}

impl Bounds {
    /// The value cut off, counted from the better end; between 0 and [`width`](Self::width).
    pub(super) fn apply(self, value: f64) -> f64 {
        let above = value.clamp(self.lower, self.upper) - self.lower;
        if self.smaller_is_better { self.width() - above } else { above }
    }

    /// How far apart the bounds are.
    pub(super) fn width(self) -> f64 {
        self.upper - self.lower
    }
}

impl Distribution {
    pub(super) fn apply(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Zipfian => (1.0 + value).ln(),
        }
    }
}

impl Input {
    /// What a value of this input's signal is worth, from 0 to 1 where there are bounds.
    pub(super) fn worth(&self, value: f64) -> f64 {
        match self.bounds {
            None => self.distribution.apply(value),
            Some(bounds) => self.distribution.apply(bounds.apply(value)) / self.distribution.apply(bounds.width()),
        }
    }
}
