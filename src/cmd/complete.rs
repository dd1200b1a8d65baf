//! What may be typed next after a command.

use super::{jsfunctions, v8classes};
use crate::mdb::args::{Choice, Takes};
use crate::mdb::command::{Failure, Row};
use crate::session::Session;
use crate::v8::layout::supplement::canned;
use crate::v8::memory::Target;
use alloc::collections::BTreeSet;
use alloc::string::String;

/// Most words offered.
const MOST: usize = 500;

/// Words to go on with.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// What of the word has been typed.
    pub typed: String,
    /// Whole words that begin so.
    pub words: BTreeSet<String>,
}

/// What may follow the words after a command's name; the last one is still being
/// typed, unless a blank follows it. The heap is searched where names of it are asked
/// for.
///
/// # Errors
///
/// Of that search.
pub fn complete(
    row: &Row,
    operands: Choice,
    words: &[String],
    after_blank: bool,
    session: &Session,
    target: &dyn Target,
) -> Result<Completion, Failure> {
    let (typed, before) = match words.split_last() {
        Some((last, before)) if !after_blank => (last.clone(), before),
        _ => (String::new(), words),
    };
    let choice = match before.last().and_then(|word| value_of(row, word)) {
        Some(choice) => choice,
        None if typed.starts_with('-') => {
            let letters = row.options.iter().map(|option| alloc::format!("-{}", option.letter));
            let words = letters.filter(|word| word.starts_with(&typed)).collect();
            return Ok(Completion { typed, words });
        }
        None => operands,
    };
    let words = choose(choice, &typed, session, target)?;
    Ok(Completion { typed, words })
}

/// What to choose the value from that an option waits for, which ends this word.
fn value_of(row: &Row, word: &str) -> Option<Choice> {
    let letter = word.strip_prefix('-')?.chars().last()?;
    let option = row.options.iter().find(|option| option.letter == letter)?;
    (option.takes != Takes::Nothing).then_some(option.choice)
}

fn choose(
    choice: Choice,
    typed: &str,
    session: &Session,
    target: &dyn Target,
) -> Result<BTreeSet<String>, Failure> {
    let fits = |name: &&str| name.starts_with(typed) && can_be_typed(name);
    let chosen = |names: &mut dyn Iterator<Item = &str>| {
        names.filter(fits).take(MOST).map(String::from).collect()
    };
    let word = target.word_size() as u64;
    Ok(match choice {
        Choice::Free => BTreeSet::new(),
        Choice::Words(words) => chosen(&mut words.iter().copied()),
        Choice::Class => chosen(&mut v8classes::names(session.layout()?).into_iter()),
        Choice::Configuration => {
            chosen(&mut canned().filter(|config| config.fits(word)).map(|config| config.base()))
        }
        Choice::Constructor | Choice::Property | Choice::Function => {
            let heap = session.heap(target)?;
            let whole = session.whole(target, false)?;
            if choice == Choice::Function {
                let names = jsfunctions::names(heap, &whole)?;
                return Ok(chosen(&mut names.iter().map(String::as_str)));
            }
            let groups = whole.groups(heap)?;
            match choice {
                Choice::Property => chosen(&mut groups.all_names()),
                _ => {
                    chosen(&mut groups.list.iter().filter_map(|group| group.constructor.as_deref()))
                }
            }
        }
    })
}

/// Whether a name is a word of the command language without quotes.
fn can_be_typed(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || "_-.:#@<>".contains(c))
        && !name.starts_with('-')
}
