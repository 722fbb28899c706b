//! Feeds for readers: Atom (RFC 4287, paged by RFC 5005) and JSON Feed 1.1, from the same entries.

use super::Text;
use crate::kernel::{Error, Result, Timestamp};
use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of Atom.
const ATOM: &str = "application/atom+xml; charset=utf-8";
/// The media type of JSON Feed.
const JSON: &str = "application/feed+json; charset=utf-8";
/// Caches keep a public feed for so many seconds: readers poll more often than needs change.
const FRESH_SECONDS: u32 = 300;

/// One entry.
#[derive(Debug)]
pub struct Entry {
    /// Its name for good, an IRI.
    pub id: String,
    /// What it is, in a line.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// What it is, in a sentence.
    pub summary: String,
    /// All of it, as plain text.
    pub text: String,
    /// Who says so.
    pub author: String,
    /// Words to sort it by.
    pub tags: Vec<String>,
    /// Since when it is to be seen.
    pub published: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
}

/// A feed.
#[derive(Debug)]
pub struct Feed {
    /// Its name for good, an IRI.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Its own address; none where that is a secret.
    pub own: Option<String>,
    /// The same as an ordinary list.
    pub page: String,
    /// The address of what comes next.
    pub next: Option<String>,
    /// The entries.
    pub entries: Vec<Entry>,
    /// Whether everybody may read it.
    pub public: bool,
}

/// A form that a feed is served in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Atom.
    Atom,
    /// JSON Feed.
    Json,
}

#[derive(Template)]
#[template(
    ext = "xml",
    escape = "html",
    source = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
        <id>{{ feed.id }}</id><title>{{ feed.title }}</title><updated>{{ updated }}</updated>\n\
        <link rel=\"alternate\" href=\"{{ feed.page }}\"/>\n\
        {% if let Some(own) = feed.own %}<link rel=\"self\" href=\"{{ own }}\"/>\n{% endif %}\
        {% if let Some(next) = feed.next %}<link rel=\"next\" href=\"{{ next }}\"/>\n{% endif %}\
        {% for entry in feed.entries %}<entry><id>{{ entry.id }}</id><title>{{ entry.title }}</title><link href=\"{{ entry.url }}\"/>\n\
        <published>{{ entry.published }}</published><updated>{{ entry.updated }}</updated><author><name>{{ entry.author }}</name></author>\n\
        {% for tag in entry.tags %}<category term=\"{{ tag }}\"/>{% endfor %}\n\
        <summary>{{ entry.summary }}</summary><content type=\"text\">{{ entry.text }}</content></entry>\n{% endfor %}</feed>\n"
)]
struct Atom<'a> {
    feed: &'a Feed,
    updated: Timestamp,
}

/// Somebody who says something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "libarchive"}))]
pub struct JsonFeedAuthor {
    /// The name.
    pub name: String,
}

/// An entry of a JSON Feed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "urn:uuid:01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "url": "https://mainstay.example.org/api/v1/needs/01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d",
    "title": "libarchive: Fuzz the archive parser", "summary": "fuzzing, 4 hours a week for 8 weeks", "content_text": "The parser has no fuzz targets yet.",
    "date_published": "2026-11-22T09:00:00Z", "date_modified": "2026-11-22T09:00:00Z", "authors": [{"name": "libarchive"}], "tags": ["fuzzing"]}))]
pub struct JsonFeedItem {
    /// Its name for good.
    pub id: String,
    /// Where it is.
    pub url: String,
    /// What it is, in a line.
    pub title: String,
    /// What it is, in a sentence.
    pub summary: String,
    /// All of it.
    pub content_text: String,
    /// Since when it is to be seen.
    pub date_published: Timestamp,
    /// When it last changed.
    pub date_modified: Timestamp,
    /// Who says so.
    pub authors: Vec<JsonFeedAuthor>,
    /// Words to sort it by.
    pub tags: Vec<String>,
}

/// A feed as JSON (JSON Feed 1.1).
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"version": "https://jsonfeed.org/version/1.1", "title": "Needs at Mainstay", "home_page_url": "https://mainstay.example.org/api/v1/needs",
    "feed_url": "https://mainstay.example.org/api/v1/feeds/needs.json", "items": []}))]
pub struct JsonFeed {
    /// The version of the format.
    pub version: String,
    /// What it is.
    pub title: String,
    /// The same as an ordinary list.
    pub home_page_url: String,
    /// Its own address; left out where that is a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub feed_url: Option<String>,
    /// The address of what comes next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next_url: Option<String>,
    /// The entries.
    pub items: Vec<JsonFeedItem>,
}

/// XML 1.0 has no form for these characters at all.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{FFFE}' | '\u{FFFF}') && (!c.is_control() || c.is_whitespace())).collect()
}

impl Entry {
    fn clean(mut self) -> Self {
        for text in [&mut self.title, &mut self.summary, &mut self.text, &mut self.author] {
            *text = printable(text);
        }
        self.tags = self.tags.iter().map(|tag| printable(tag)).collect();
        self
    }

    fn item(self) -> JsonFeedItem {
        JsonFeedItem {
            id: self.id,
            url: self.url,
            title: self.title,
            summary: self.summary,
            content_text: self.text,
            date_published: self.published,
            date_modified: self.updated,
            authors: vec![JsonFeedAuthor { name: self.author }],
            tags: self.tags,
        }
    }
}

impl Feed {
    /// The answer in this form.
    ///
    /// # Errors
    /// When it can't be written, which is a bug.
    pub fn reply(mut self, form: Form) -> Result<Text> {
        self.entries = self.entries.into_iter().map(Entry::clean).collect();
        self.title = printable(&self.title);
        let public = self.public;
        let (kind, body) = match form {
            Form::Atom => (ATOM, self.atom()?),
            Form::Json => (JSON, serde_json::to_string(&self.json()).map_err(Error::internal)?),
        };
        Ok(if public { Text::public(kind, body, FRESH_SECONDS) } else { Text::private(kind, body) })
    }

    fn atom(&self) -> Result<String> {
        // An empty feed has never changed; the time of asking would make it another one each time.
        let never = Timestamp::from(chrono::DateTime::UNIX_EPOCH);
        let updated = self.entries.iter().map(|entry| entry.updated).max().unwrap_or(never);
        Atom { feed: self, updated }.render().map_err(Error::internal)
    }

    fn json(self) -> JsonFeed {
        JsonFeed {
            version: "https://jsonfeed.org/version/1.1".to_owned(),
            title: self.title,
            home_page_url: self.page,
            feed_url: self.own,
            next_url: self.next,
            items: self.entries.into_iter().map(Entry::item).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_can_neither_break_the_document_nor_put_markup_into_it() {
        let at: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let entry = Entry {
            id: "urn:uuid:1".into(),
            title: "a < b & \"c\" ]]>\u{FFFF}\u{0}".into(),
            url: "https://example.org/?a=1&b=2".into(),
            summary: "</summary><script>".into(),
            text: "line\nline".into(),
            author: "x".into(),
            tags: vec!["\"><evil/>".into()],
            published: at,
            updated: at,
        };
        let feed = Feed {
            id: "urn:x".into(),
            title: "T&T".into(),
            own: None,
            page: "https://example.org/".into(),
            next: None,
            entries: vec![entry.clean()],
            public: true,
        };
        let text = feed.atom().unwrap();
        let mut reader = quick_xml::Reader::from_str(&text);
        let mut names = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Start(tag) => {
                    names.push(tag.name().as_ref().to_owned());
                }
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert!(!names.iter().any(|name| name == "script" || name == "evil"), "{names:?}");
        assert!(!text.contains('\u{FFFF}') && !text.contains('\u{0}'));
        assert_eq!(feed.json().items[0].title, "a < b & \"c\" ]]>");
    }
}
