//! Parameters from a file in the format of upstream's `criticality_score`.

use std::fmt;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::parameters::{Bounds, Condition, Distribution, Input, Parameters};

/// The largest parameter file that is read, in bytes; upstream's are 2,000.
const MAX_BYTES: usize = 1 << 20;

/// Why a text is no set of parameters: where, what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParametersError {
    place: Option<(u64, u64)>,
    problem: String,
}

impl ParametersError {
    fn at<T>(place: &Spanned<T>, problem: impl Into<String>) -> Self {
        Self { place: Some((place.referenced.line(), place.referenced.column())), problem: problem.into() }
    }

    /// Line and column, both from 1, if the fault has a place.
    pub fn place(&self) -> Option<(u64, u64)> {
        self.place
    }
}

impl fmt::Display for ParametersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => write!(f, "line {line}, column {column}: {}", self.problem),
            None => f.write_str(&self.problem),
        }
    }
}

impl std::error::Error for ParametersError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    algorithm: Spanned<String>,
    inputs: Spanned<Vec<FileInput>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileInput {
    field: Spanned<String>,
    weight: Option<Spanned<f64>>,
    bounds: Option<Spanned<FileBounds>>,
    distribution: Option<Spanned<String>>,
    condition: Option<Spanned<FileCondition>>,
    /// Part of the format, of no effect on scores.
    #[serde(default, rename = "tags")]
    _tags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileBounds {
    #[serde(default)]
    lower: f64,
    #[serde(default)]
    upper: f64,
    #[serde(default)]
    smaller_is_better: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileCondition {
    not: Option<Box<FileCondition>>,
    field_exists: Option<String>,
}

impl Parameters {
    /// Reads upstream's YAML format; `id` is the name to keep beside scores made with it, usually the file's.
    ///
    /// # Errors
    /// Where the text is no YAML, is none of this format, or holds values no score can be made with: an unknown algorithm
    /// or distribution, a weight that is not above 0, an upper bound that is not above the lower, an empty condition.
    pub fn from_yaml(id: &str, text: &str) -> Result<Self, ParametersError> {
        if text.len() > MAX_BYTES {
            return Err(ParametersError { place: None, problem: format!("the file is longer than {MAX_BYTES} bytes") });
        }
        let file: File = serde_saphyr::from_str(text).map_err(|error| ParametersError {
            place: error.location().map(|place| (place.line(), place.column())),
            problem: without_place(&error.without_snippet().to_string()),
        })?;
        if file.algorithm.value != "weighted_arithmetic_mean" {
            return Err(ParametersError::at(
                &file.algorithm,
                format!("unknown algorithm {:?}; write weighted_arithmetic_mean", file.algorithm.value),
            ));
        }
        if file.inputs.value.is_empty() {
            return Err(ParametersError::at(&file.inputs, "there are no inputs; name at least one field"));
        }
        let inputs = file.inputs.value.iter().map(input).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { id: id.to_owned().into(), inputs: inputs.into() })
    }
}

/// The place is told apart from the message, which ends with it.
fn without_place(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    line.rsplit_once(" at line ").map_or(line, |(problem, _place)| problem).to_owned()
}

fn input(input: &FileInput) -> Result<Input, ParametersError> {
    if input.field.value.is_empty() {
        return Err(ParametersError::at(&input.field, "the field has no name; write one such as legacy.org_count"));
    }
    let weight = match &input.weight {
        None => 1.0,
        Some(weight) if weight.value > 0.0 && weight.value.is_finite() => weight.value,
        Some(weight) => {
            return Err(ParametersError::at(weight, "a weight must be above 0; leave the input out to not count it"));
        }
    };
    let distribution = match input.distribution.as_ref().map(|distribution| (distribution, distribution.value.as_str()))
    {
        None | Some((_, "linear")) => Distribution::Linear,
        Some((_, "zipfian")) => Distribution::Zipfian,
        Some((place, other)) => {
            return Err(ParametersError::at(place, format!("unknown distribution {other:?}; write linear or zipfian")));
        }
    };
    Ok(Input {
        field: input.field.value.clone().into(),
        weight,
        bounds: input.bounds.as_ref().map(bounds).transpose()?,
        distribution,
        condition: input.condition.as_ref().map(condition).transpose()?,
    })
}

fn bounds(bounds: &Spanned<FileBounds>) -> Result<Bounds, ParametersError> {
    let FileBounds { lower, upper, smaller_is_better } = bounds.value;
    if !lower.is_finite() || !upper.is_finite() || lower >= upper {
        return Err(ParametersError::at(
            bounds,
            format!("upper ({upper}) must be above lower ({lower}), and both finite"),
        ));
    }
    Ok(Bounds { lower, upper, smaller_is_better })
}

fn condition(place: &Spanned<FileCondition>) -> Result<Condition, ParametersError> {
    let (mut condition, mut exists) = (&place.value, true);
    loop {
        match (&condition.not, &condition.field_exists) {
            (Some(inner), None) => (condition, exists) = (inner, !exists),
            (None, Some(field)) if !field.is_empty() => {
                return Ok(Condition { field: field.clone().into(), exists });
            }
            _ => {
                return Err(ParametersError::at(
                    place,
                    "a condition is either field_exists with a name or not with a condition",
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Parameters::from_yaml("x", text).unwrap_err().to_string()
    }

    #[test]
    fn all_of_the_format_is_read() {
        let text = "algorithm: weighted_arithmetic_mean\ninputs:\n- field: a.b\n- field: c\n  weight: 0.5\n  tags: [x]\n  \
                    distribution: zipfian\n  bounds: {lower: 1, upper: 2.5, smaller_is_better: YES}\n  \
                    condition: {not: {not: {not: {field_exists: d}}}}\n";
        let parameters = Parameters::from_yaml("x", text).unwrap();
        assert_eq!(parameters.id(), "x");
        assert_eq!(parameters.fields().into_iter().collect::<Vec<_>>(), ["a.b", "c", "d"]);
        let expected = [
            Input {
                field: "a.b".into(),
                weight: 1.0,
                bounds: None,
                distribution: Distribution::Linear,
                condition: None,
            },
            Input {
                field: "c".into(),
                weight: 0.5,
                bounds: Some(Bounds { lower: 1.0, upper: 2.5, smaller_is_better: true }),
                distribution: Distribution::Zipfian,
                condition: Some(Condition { field: "d".into(), exists: false }),
            },
        ];
        assert_eq!(parameters.inputs(), expected);
    }

    #[test]
    fn errors_say_where_and_what_to_do() {
        let head = "algorithm: weighted_arithmetic_mean\ninputs:\n  - field: a\n    ";
        assert_eq!(
            refused("algorithm: mean\ninputs: []"),
            "line 1, column 12: unknown algorithm \"mean\"; write weighted_arithmetic_mean"
        );
        assert_eq!(
            refused("algorithm: weighted_arithmetic_mean\ninputs: []"),
            "line 2, column 9: there are no inputs; name at least one field"
        );
        assert!(refused(&format!("{head}weight: 0")).starts_with("line 4, column 13: a weight must be above 0"));
        assert!(refused(&format!("{head}weight: .nan")).starts_with("line 4, column 13: a weight must be above 0"));
        assert!(
            refused(&format!("{head}distribution: flat"))
                .starts_with("line 4, column 19: unknown distribution \"flat\"")
        );
        assert!(
            refused(&format!("{head}bounds: {{lower: 3, upper: 3}}"))
                .starts_with("line 4, column 13: upper (3) must be above lower (3)")
        );
        assert!(refused(&format!("{head}condition: {{}}")).starts_with("line 4, column 16: a condition is"));
        assert!(
            refused(&format!("{head}wieght: 1")).starts_with("line 4, column 5: "),
            "{}",
            refused(&format!("{head}wieght: 1"))
        );
        assert!(refused(&format!("{head}wieght: 1")).contains("wieght"));
        assert!(refused("a: [").starts_with("line 1, column "));
        assert_eq!(refused(""), "line 1, column 1: unexpected end of input");
    }

    #[test]
    fn deep_and_self_referring_texts_are_refused_quickly() {
        let deep = "{not: ".repeat(100_000);
        assert!(Parameters::from_yaml("x", &deep).is_err());
        let levels = ('b'..='z')
            .zip('a'..='z')
            .map(|(outer, inner)| format!("{outer}: &{outer} [{}*{inner}]\n", format!("*{inner},").repeat(8)));
        let bomb = format!("a: &a [1,1,1,1,1,1,1,1,1]\n{}", levels.collect::<String>());
        assert!(Parameters::from_yaml("x", &bomb).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(algorithm: weighted_arithmetic_mean\ninputs:\n)?[-a-z:&*!{}\\[\\]|>\"' \n\t0-9.é]{0,80}") {
            let _ = Parameters::from_yaml("x", &text);
        }
    }
}
