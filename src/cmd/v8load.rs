//! `::v8load`

use crate::mdb::args::{Arg, Choice};
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::layout::supplement::{canned, Config};
use crate::v8::layout::{version, Layout};
use crate::v8::memory::Target;
use alloc::vec::Vec;

/// `::v8load`
pub struct V8Load;

impl Dcmd for V8Load {
    const ROW: Row = Row {
        name: c"v8load",
        usage: c"config",
        description: c"load canned V8 configuration by name",
        options: &[],
        help: "
Loads a layout for a target whose binary has no metadata: node-0.4 (V8 3.1),
node-0.6 or node-0.6.5 (V8 3.6), node-0.8 (V8 3.11), each for the target's word
size. A configuration that is already loaded is replaced. Where the target tells
the version of its V8, the right one is loaded with the module.
",
    };

    const OPERANDS: Choice = Choice::Configuration;

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let [name] = &call.operands[..] else { return Err(Failure::Usage) };
        let name = Arg::to_text(name);
        let word = target.word_size() as u64;
        let Some(config) = find(&name, word) else {
            let mut known: Vec<_> = canned().filter(|c| c.fits(word)).map(Config::base).collect();
            known.dedup();
            let known = match &known[..] {
                [] => "none is for targets like this".into(),
                known => alloc::format!("known: {}", known.join(", ")),
            };
            return Err(Failure::Message(alloc::format!(
                "unknown configuration: \"{name}\" ({known})"
            )));
        };
        let layout = Layout::from_canned(config, word, version::read(target).ok());
        session.set_layout(layout);
        out.line(format_args!("V8 dmod configured based on {}", config.base()));
        Ok(Flow::Done)
    }
}

/// The configuration of this name, or the first one it is the beginning of:
/// `node-0.6` means `node-0.6.5`.
fn find(name: &str, word: u64) -> Option<&'static Config> {
    let fitting = || canned().filter(|c| c.fits(word));
    fitting().find(|c| c.base() == name).or_else(|| {
        fitting().find(|c| c.base().strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
    })
}
