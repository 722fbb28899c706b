//! How long a file and a function may be.

use crate::Source;
use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Block, File, ImplItemFn, ItemFn, Macro, Signature, TraitItemFn};

const MOST_LINES_IN_FILE: usize = 600;
const MOST_LINES_IN_FUNCTION: usize = 80;

/// Each file and each function that is too long, in a sentence.
pub(crate) fn check(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for Source { path, text } in sources {
        let lines = text.lines().count();
        if lines > MOST_LINES_IN_FILE {
            wrong.push(format!("{path} has {lines} lines; more than {MOST_LINES_IN_FILE} are not read by anybody: split it by what it is about"));
        }
        let file = syn::parse_file(text).unwrap_or_else(|why| panic!("{path}: {why}"));
        let mut functions = Functions { path, wrong: &mut wrong };
        functions.visit_file(&file);
    }
    wrong
}

struct Functions<'a> {
    path: &'a str,
    wrong: &'a mut Vec<String>,
}

impl Functions<'_> {
    fn measure(&mut self, signature: &Signature, block: &Block) {
        let line = |span: Span| span.start().line;
        let (from, until) = (line(signature.span()), line(block.brace_token.span.close()));
        let lines = until + 1 - from;
        if lines > MOST_LINES_IN_FUNCTION {
            let (path, name) = (self.path, &signature.ident);
            self.wrong
                .push(format!("{path}:{from} fn {name} has {lines} lines; {MOST_LINES_IN_FUNCTION} are the most"));
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(block) = &item.default {
            self.measure(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    /// Tests stand inside macros that make two of each (`on_both!`, `proptest!`): those that hold plain items are read too.
    fn visit_macro(&mut self, mac: &'ast Macro) {
        if let Ok(file) = syn::parse2::<File>(mac.tokens.clone()) {
            Functions { path: self.path, wrong: self.wrong }.visit_file(&file);
        }
    }
}
