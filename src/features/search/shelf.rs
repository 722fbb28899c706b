//! One index: what it keeps of an entry, and how entries come and go.

use crate::kernel::search::{Token as Word, tokens};
use crate::kernel::{Error, Result};
use std::vec::IntoIter;
use tantivy::indexer::IndexWriterOptions;
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term};
use uuid::Uuid;

/// What is kept of a need or a project. Of texts only the words are kept, not the texts.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub id: Uuid,
    /// Its title or name.
    pub title: String,
    /// What else it is called and filed under.
    pub names: String,
    /// Its description.
    pub text: String,
    /// What is filtered by and counted: `kind:fuzzing`.
    pub facets: Vec<String>,
    /// What is filtered by alone: `status:open`.
    pub gates: Vec<String>,
    /// Hours a week.
    pub hours: f64,
    /// The last day to apply, as a number of days.
    pub closing: f64,
    /// The more critical, the higher.
    pub critical: f64,
    /// The name as sorted.
    pub name: String,
}

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub id: Field,
    pub title: Field,
    pub names: Field,
    pub text: Field,
    pub facet: Field,
    pub gate: Field,
    pub hours: Field,
    closing: Field,
    critical: Field,
    name: Field,
    high: Field,
    low: Field,
}

/// Columns, by the names that readers ask for.
pub(super) const FACET: &str = "facet";
pub(super) const CLOSING: &str = "closing";
pub(super) const CRITICAL: &str = "critical";
pub(super) const NAME: &str = "name";
pub(super) const HIGH: &str = "high";
pub(super) const LOW: &str = "low";

/// The tokenizer for texts, and the one that leaves a text as it is.
const WORDS: &str = "words";
const WHOLE: &str = "raw";

/// Bytes that a writer may fill before it closes a segment.
const WRITER_BYTES: usize = 32 << 20;

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let words =
        TextFieldIndexing::default().set_tokenizer(WORDS).set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let words = TextOptions::default().set_indexing_options(words);
    let whole = TextFieldIndexing::default().set_tokenizer(WHOLE).set_index_option(IndexRecordOption::Basic);
    let whole = TextOptions::default().set_indexing_options(whole.set_fieldnorms(false));
    let fields = Fields {
        id: schema.add_text_field("id", whole.clone()),
        title: schema.add_text_field("title", words.clone()),
        names: schema.add_text_field("names", words.clone()),
        text: schema.add_text_field("text", words),
        facet: schema.add_text_field(FACET, whole.clone().set_fast(WHOLE)),
        gate: schema.add_text_field("gate", whole),
        hours: schema.add_f64_field("hours", FAST),
        closing: schema.add_f64_field(CLOSING, FAST),
        critical: schema.add_f64_field(CRITICAL, FAST),
        name: schema.add_text_field(NAME, TextOptions::default().set_fast(WHOLE)),
        high: schema.add_u64_field(HIGH, FAST),
        low: schema.add_u64_field(LOW, FAST),
    };
    (schema.build(), fields)
}

/// Our own words as a tokenizer: what is indexed, asked and marked follows the same rules.
#[derive(Clone)]
struct Words;

struct Stream {
    words: IntoIter<Word>,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = Stream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream {
        Stream { words: tokens(text).into_iter(), token: Token::default() }
    }
}

impl TokenStream for Stream {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else { return false };
        self.token = Token {
            offset_from: word.from,
            offset_to: word.until,
            position: self.token.position.wrapping_add(1),
            text: word.text,
            position_length: 1,
        };
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Takes what is written; readers see it once it is committed.
pub(super) struct Shelf {
    writer: IndexWriter,
    reader: IndexReader,
    fields: Fields,
}

/// Looks at the shelf as of the last commit; clones are the same.
#[derive(Clone)]
pub(super) struct Glass {
    reader: IndexReader,
    pub fields: Fields,
}

impl Glass {
    pub(super) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }
}

impl Shelf {
    /// An empty one.
    pub(super) fn new() -> Result<Self> {
        let (schema, fields) = schema();
        let index = Index::create_in_ram(schema);
        index.tokenizers().register(WORDS, Words);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(WRITER_BYTES)
            .build();
        let writer = index.writer_with_options(options).map_err(Error::internal)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(Error::internal)?;
        Ok(Self { writer, reader, fields })
    }

    pub(super) fn glass(&self) -> Glass {
        Glass { reader: self.reader.clone(), fields: self.fields }
    }

    /// Puts an entry in, in place of the one with its id.
    pub(super) fn put(&self, entry: Entry) -> Result<()> {
        self.remove(entry.id);
        let fields = &self.fields;
        let mut document = TantivyDocument::default();
        document.add_text(fields.id, entry.id.simple().to_string());
        document.add_text(fields.title, entry.title);
        document.add_text(fields.names, entry.names);
        document.add_text(fields.text, entry.text);
        for facet in entry.facets {
            document.add_text(fields.facet, facet);
        }
        for gate in entry.gates {
            document.add_text(fields.gate, gate);
        }
        document.add_f64(fields.hours, entry.hours);
        document.add_f64(fields.closing, entry.closing);
        document.add_f64(fields.critical, entry.critical);
        document.add_text(fields.name, entry.name);
        let (high, low) = entry.id.as_u64_pair();
        document.add_u64(fields.high, high);
        document.add_u64(fields.low, low);
        self.writer.add_document(document).map_err(Error::internal)?;
        Ok(())
    }

    /// Takes the entry with this id out, if it is there.
    pub(super) fn remove(&self, id: Uuid) {
        self.writer.delete_term(Term::from_field_text(self.fields.id, &id.simple().to_string()));
    }

    /// Lets readers see it all.
    pub(super) fn commit(&mut self) -> Result<()> {
        self.writer.commit().map_err(Error::internal)?;
        self.reader.reload().map_err(Error::internal)
    }
}
