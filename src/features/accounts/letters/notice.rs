//! Mails that tell an account's owner what was done about its security. They hold no link that does anything.

use super::{render, site};
use crate::infra::Ctx;
use crate::infra::mail::{Message, MessageId};
use crate::kernel::{Email, Result};
use askama::Template;

#[derive(Template)]
#[template(path = "accounts/letters/notice.txt")]
struct NoticeText<'a> {
    name: &'a str,
    what: &'a str,
    advice: &'a str,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "accounts/letters/notice.html")]
struct NoticeHtml<'a> {
    subject: &'a str,
    name: &'a str,
    what: &'a str,
    advice: &'a str,
    site: &'a str,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::features::accounts) enum Notice {
    /// A refresh token was used a second time.
    TokenReused,
    /// A new password was set by a mailed link.
    PasswordReset,
    /// The password was changed by somebody who knew the old one.
    PasswordChanged,
    /// Another address was asked for, shown masked.
    AddressAsked(String),
    /// Another address, shown masked, took the place of the old one.
    AddressChanged(String),
    /// Another account asked for this account's address.
    AddressWanted,
    /// An authenticator app was set up.
    FactorAdded,
    /// It was removed.
    FactorRemoved,
    /// New recovery codes were made.
    CodesMade,
    /// A recovery code was used; so many are left.
    CodeUsed(i64),
    /// Many wrong codes were tried after the right password.
    CodesGuessed,
    /// A passkey of this name was added.
    PasskeyAdded(String),
    /// It was removed.
    PasskeyRemoved(String),
    /// Its counter went back: there may be a copy of it.
    PasskeyCopied(String),
    /// The password was removed; passkeys are the way in.
    PasswordRemoved,
    /// An API token of this name was made.
    TokenMade(String),
    /// An identity at this provider opens the account from now on.
    IdentityLinked(String),
    /// The account ends on this day.
    Leaving(String),
    /// It stays after all.
    Stayed,
    /// It has ended.
    Left,
}

const IF_NOT_YOU: &str = "If it wasn't you, set a new password at once (\"forgot password\"), end all sessions, and look\n\
    through your API tokens.";

impl Notice {
    fn subject(&self) -> &'static str {
        match self {
            Self::TokenReused => "A session of your Mainstay account was ended",
            Self::PasswordReset | Self::PasswordChanged => "Your Mainstay password was changed",
            Self::AddressAsked(_) => "A new address for your Mainstay account",
            Self::AddressChanged(_) => "The address of your Mainstay account was changed",
            Self::AddressWanted => "Somebody asked for your address at Mainstay",
            Self::FactorAdded => "A second factor protects your Mainstay account",
            Self::FactorRemoved => "The second factor of your Mainstay account was removed",
            Self::CodesMade => "New recovery codes for your Mainstay account",
            Self::CodeUsed(_) => "A recovery code of your Mainstay account was used",
            Self::CodesGuessed => "Somebody tries codes for your Mainstay account",
            Self::PasskeyAdded(_) => "A new passkey of your Mainstay account",
            Self::PasskeyRemoved(_) => "A passkey of your Mainstay account was removed",
            Self::PasskeyCopied(_) => "A passkey of your Mainstay account was refused",
            Self::PasswordRemoved => "The password of your Mainstay account was removed",
            Self::TokenMade(_) => "A new API token of your Mainstay account",
            Self::IdentityLinked(_) => "Another way into your Mainstay account",
            Self::Leaving(_) => "Your Mainstay account will be deleted",
            Self::Stayed => "Your Mainstay account stays",
            Self::Left => "Your Mainstay account was deleted",
        }
    }

    fn what(&self) -> String {
        match self {
            Self::TokenReused => {
                "a key that renews one of your sessions was used twice. Either a program of yours sent it\n\
                again, or somebody has a copy of it; to be safe the session was ended."
                    .to_owned()
            }
            Self::PasswordReset => {
                "a new password was set for your account by a link that was mailed to you. All sessions\n\
                were ended; sign in with the new password."
                    .to_owned()
            }
            Self::PasswordChanged => {
                "the password of your account was changed. All other sessions were ended.".to_owned()
            }
            Self::AddressAsked(new) => {
                format!(
                    "somebody signed in to your account asked that it should use the address\n{new} from now on. This happens once that address is verified."
                )
            }
            Self::AddressChanged(new) => {
                format!("your account uses the address {new} from now on; this one no longer.")
            }
            Self::AddressWanted => {
                "somebody with another account asked that it should use your address. It stays with\n\
                your account; nothing was changed."
                    .to_owned()
            }
            Self::FactorAdded => {
                "an authenticator app was set up for your account. Signing in asks for its code from now on.".to_owned()
            }
            Self::FactorRemoved => {
                "the authenticator app of your account was removed, and its recovery codes with it.".to_owned()
            }
            Self::CodesMade => {
                "new recovery codes were made for your account; the old ones are worthless now.".to_owned()
            }
            Self::CodeUsed(left) => format!("a recovery code of your account was used; {left} are left."),
            Self::CodesGuessed => {
                "twenty wrong codes were tried for the second factor of your account within an hour.\n\
                Codes of the authenticator app are refused until fewer were wrong within an hour; recovery codes work."
                    .to_owned()
            }
            Self::IdentityLinked(label) => format!("your identity at {label} opens your account from now on."),
            Self::Leaving(day) => format!(
                "your account will be deleted on {day}, as was asked for. Until then you can sign in\nand keep it (\"restore\")."
            ),
            Self::Stayed => "the deletion of your account was cancelled; everything stays as it was.".to_owned(),
            Self::Left => "your account was deleted: your address, names, profile, sessions, tokens and factors are\n\
                gone. Work that projects confirmed stays counted, without your name. This is our last mail to you."
                .to_owned(),
            Self::PasskeyAdded(name) => {
                format!("the passkey \"{name}\" was added to your account. It proves who you are when you sign in.")
            }
            Self::PasskeyRemoved(name) => {
                format!("the passkey \"{name}\" was removed from your account; it signs nobody in any more.")
            }
            Self::PasskeyCopied(name) => {
                format!(
                    "the passkey \"{name}\" was used, and its counter said less than the last time. Either its device was\n\
                    reset, or somebody has a copy of it; to be safe it was refused."
                )
            }
            Self::PasswordRemoved => {
                "the password of your account was removed. You sign in with a passkey from now on; \"forgot password\"\n\
                sets a new password."
                    .to_owned()
            }
            Self::TokenMade(name) => format!("the API token \"{name}\" was made for your account."),
        }
    }

    fn advice(&self) -> &'static str {
        match self {
            Self::TokenReused => {
                "Sign in again. If it happens more than once, set a new password and end all sessions."
            }
            Self::AddressChanged(_) => "If it wasn't you, write to the people who run this installation at once.",
            Self::PasskeyCopied(_) => "Remove it from your account and make a new one, unless you know why.",
            Self::AddressWanted => "If it was you, sign in to the account that you have already.",
            Self::Left => "Thank you for what you did here.",
            _ => IF_NOT_YOU,
        }
    }

    /// The mail to this person.
    pub(in crate::features::accounts) fn letter(&self, ctx: &Ctx, to: Email, name: &str) -> Result<Message> {
        let (subject, what, advice, site) = (self.subject(), &self.what(), self.advice(), &site(ctx));
        let text = render(&NoticeText { name, what, advice, site })?;
        let html = render(&NoticeHtml { subject, name, what, advice, site })?;
        Ok(Message::new(ctx.ids().make::<MessageId>(), to, subject, text).with_html(html))
    }
}
