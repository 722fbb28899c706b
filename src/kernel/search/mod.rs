//! Searching by words: how texts fall into words, what a question asks for, and how what was found is shown.
//!
//! The index and the marks in an answer go by the same rules, so that what is marked is what was found.

mod found;
mod mark;
mod question;
mod token;

pub use found::{FacetCount, Facets, Found, Highlight};
pub use question::{Part, Question};
pub use token::{Token, tokens};
