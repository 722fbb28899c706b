//! Reads what a file names: its `use` trees, the paths within its code, its attributes and its macros.

use crate::Source;
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, Macro, Meta, Path, UseTree};

/// A path that a file names, made absolute: it starts with `crate`, or with the name of another crate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Named {
    pub(crate) line: usize,
    pub(crate) path: Vec<String>,
    /// Whether only the crate's own tests name it.
    pub(crate) in_tests: bool,
}

/// A module, declared as `mod name;`.
struct Declared {
    module: Vec<String>,
    public: bool,
    in_tests: bool,
}

/// What all files name, by file.
pub(crate) struct Imports {
    pub(crate) named: BTreeMap<String, BTreeSet<Named>>,
    /// The modules that are declared `pub mod`, by their path.
    pub(crate) public: BTreeSet<Vec<String>>,
}

/// The module that a file below `src` is.
pub(crate) fn module_of(path: &str) -> Vec<String> {
    let inner = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".rs");
    let mut module = vec!["crate".to_owned()];
    module.extend(inner.split('/').map(str::to_owned));
    if matches!(inner, "lib" | "main") || inner.ends_with("/mod") {
        module.pop();
    }
    module
}

/// Reads all files.
pub(crate) fn read(sources: &[Source]) -> Imports {
    let mut named = BTreeMap::new();
    let mut declared = Vec::new();
    for source in sources {
        let file = syn::parse_file(&source.text).unwrap_or_else(|why| panic!("{}: {why}", source.path));
        let mut reader =
            Reader { module: module_of(&source.path), in_tests: false, named: BTreeSet::new(), declared: Vec::new() };
        reader.visit_file(&file);
        named.insert(source.path.clone(), reader.named);
        declared.append(&mut reader.declared);
    }
    let tests: Vec<&Vec<String>> = declared.iter().filter(|one| one.in_tests).map(|one| &one.module).collect();
    for (path, names) in &mut named {
        let module = module_of(path);
        if tests.iter().any(|test| module.starts_with(test)) {
            *names = std::mem::take(names).into_iter().map(|one| Named { in_tests: true, ..one }).collect();
        }
    }
    Imports { named, public: declared.into_iter().filter(|one| one.public).map(|one| one.module).collect() }
}

struct Reader {
    module: Vec<String>,
    in_tests: bool,
    named: BTreeSet<Named>,
    declared: Vec<Declared>,
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        Meta::Path(path) => path.is_ident("test"),
        Meta::NameValue(_) => false,
    })
}

impl Reader {
    /// Makes a path absolute and keeps it; a single word says nothing about where it comes from.
    fn keep(&mut self, line: usize, words: &[String]) {
        if words.len() < 2 {
            return;
        }
        let mut path = match words[0].as_str() {
            "crate" | "mainstay" => vec!["crate".to_owned()],
            "self" => self.module.clone(),
            "super" => self.module[..self.module.len() - 1].to_vec(),
            other => vec![other.to_owned()],
        };
        for word in &words[1..] {
            match word.as_str() {
                "super" => drop(path.pop()),
                "self" => {}
                word => path.push(word.to_owned()),
            }
        }
        self.named.insert(Named { line, path, in_tests: self.in_tests });
    }

    fn keep_tree(&mut self, line: usize, before: &[String], tree: &UseTree) {
        let with = |word: String| before.iter().cloned().chain([word]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.keep_tree(line, &with(path.ident.to_string()), &path.tree),
            UseTree::Name(name) => self.keep(line, &with(name.ident.to_string())),
            UseTree::Rename(rename) => {
                let words = with(rename.ident.to_string());
                // `use diesel as d;` names a crate by a single word.
                if words.len() == 1 {
                    self.named.insert(Named { line, path: words, in_tests: self.in_tests });
                } else {
                    self.keep(line, &words);
                }
            }
            UseTree::Glob(_) => self.keep(line, &with("*".to_owned())),
            UseTree::Group(group) => group.items.iter().for_each(|item| self.keep_tree(line, before, item)),
        }
    }

    /// Macros and attributes are no syntax that can be parsed: their words are read as they come.
    fn keep_tokens(&mut self, tokens: TokenStream) {
        let mut words: Vec<String> = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(word) => {
                    if colons != 2 {
                        self.keep(line, &std::mem::take(&mut words));
                        line = word.span().start().line;
                    }
                    words.push(word.to_string());
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.keep(line, &std::mem::take(&mut words));
                    colons = 0;
                    self.keep_tokens(group.stream());
                }
                _ => {
                    self.keep(line, &std::mem::take(&mut words));
                    colons = 0;
                }
            }
        }
        self.keep(line, &words);
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Fn(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        let before = self.in_tests;
        self.in_tests |= is_test(attributes);
        visit::visit_item(self, item);
        self.in_tests = before;
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        let public = matches!(item.vis, syn::Visibility::Public(_));
        if item.content.is_none() {
            self.declared.push(Declared { module: self.module.clone(), public, in_tests: self.in_tests });
        }
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let line = item.use_token.span.start().line;
        self.keep_tree(line, &[], &item.tree);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.named.insert(Named {
            line: item.ident.span().start().line,
            path: vec![item.ident.to_string()],
            in_tests: self.in_tests,
        });
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let words: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.keep(path.segments[0].ident.span().start().line, &words);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        self.visit_path(&mac.path);
        self.keep_tokens(mac.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        self.visit_path(attribute.path());
        if let Meta::List(list) = &attribute.meta {
            self.keep_tokens(list.tokens.clone());
        }
    }
}
