//! What the module remembers between commands.

use crate::heap::whole::Whole;
use crate::mdb::command::Failure;
use crate::mdb::output::Out;
use crate::v8::heap::Heap;
use crate::v8::layout::supplement;
use crate::v8::layout::{self, Layout, C, ROWS};
use crate::v8::memo::Memo;
use crate::v8::memory::Target;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

/// Version of the module.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// State of the module.
#[derive(Default)]
pub struct Session {
    layout: Option<Layout>,
    /// Whether values that cannot be decoded are warned about.
    pub warnings: bool,
    whole: RefCell<Option<Rc<Whole>>>,
    marks: RefCell<BTreeSet<u64>>,
    /// What is still to be said of the search.
    notes: RefCell<Vec<String>>,
    labels: RefCell<BTreeMap<[u64; 4], Label>>,
    memo: Memo,
}

/// Functions of one frame, as profiles name them, the innermost first.
pub type Label = Rc<[String]>;

/// Labels remembered at most.
const LABELS: usize = 1 << 16;

impl Session {
    /// The layout; the reason why there is none otherwise.
    pub fn layout(&self) -> Result<&Layout, Failure> {
        self.layout.as_ref().ok_or_else(|| {
            Failure::Message(
                "no V8 configuration is loaded: the target has no debug metadata (see ::help v8load)"
                    .into(),
            )
        })
    }

    /// The heap of a target.
    pub fn heap<'a>(&'a self, target: &'a dyn Target) -> Result<Heap<'a>, Failure> {
        Ok(Heap { target, layout: self.layout()?, memo: &self.memo })
    }

    /// All objects of the heap: found now, or by an earlier command. With the
    /// `brk` heap if that is asked for now or was before.
    pub fn whole(&self, target: &dyn Target, with_brk: bool) -> Result<Rc<Whole>, Failure> {
        self.whole_with(target, with_brk, false)
    }

    /// As [`Session::whole`], for those who will ask what refers to what.
    pub fn whole_with_refs(&self, target: &dyn Target) -> Result<Rc<Whole>, Failure> {
        self.whole_with(target, false, true)
    }

    fn whole_with(
        &self,
        target: &dyn Target,
        with_brk: bool,
        with_refs: bool,
    ) -> Result<Rc<Whole>, Failure> {
        let known = self.whole.borrow().clone();
        let is_enough =
            |whole: &Rc<Whole>| (whole.objects.with_brk || !with_brk) && !whole.is_stale(target);
        match known.filter(is_enough) {
            Some(whole) => Ok(whole),
            None => {
                let whole = Rc::new(Whole::find(self.heap(target)?, with_brk, with_refs)?);
                if let Some((bytes, first)) = whole.missing() {
                    self.notes.borrow_mut().push(alloc::format!(
                        "{bytes} bytes of memory could not be read in the search for objects, \
                         the first at {first:x}: what was there is missing"
                    ));
                }
                *self.whole.borrow_mut() = Some(Rc::clone(&whole));
                Ok(whole)
            }
        }
    }

    /// What a search has left to say, which is said once.
    pub fn take_notes(&self) -> Vec<String> {
        self.notes.take()
    }

    /// What was found for a frame before: by where it executes and by the words that
    /// say what function and what code that is.
    pub fn label(&self, key: &[u64; 4]) -> Option<Label> {
        self.labels.borrow().get(key).cloned()
    }

    /// Remembers what was found for a frame.
    pub fn remember_label(&self, key: [u64; 4], label: Label) {
        let mut labels = self.labels.borrow_mut();
        if labels.len() == LABELS {
            labels.clear();
        }
        labels.insert(key, label);
    }

    /// Whether the heap was searched already.
    pub fn has_whole(&self) -> bool {
        self.whole.borrow().is_some()
    }

    /// Remembers an object for `::findjsobjects -r`; whether it is new.
    pub fn mark(&self, addr: u64) -> bool {
        self.marks.borrow_mut().insert(addr)
    }

    /// The objects remembered, which are forgotten now.
    pub fn take_marks(&self) -> BTreeSet<u64> {
        self.marks.take()
    }

    /// Forgets what was found in the heap of a target that has moved since.
    pub fn forget_heap(&self) {
        *self.whole.borrow_mut() = None;
        self.labels.borrow_mut().clear();
        self.forget_reads();
    }

    /// Forgets what was read of memory that may have changed since.
    pub fn forget_reads(&self) {
        self.memo.clear();
    }

    /// Replaces the layout.
    pub fn set_layout(&mut self, layout: Layout) {
        self.layout = Some(layout);
        self.forget_heap();
    }

    /// Puts the field of a class elsewhere.
    pub fn set_field(&mut self, class: &str, field: &str, offset: u64) -> Result<(), Failure> {
        self.layout = Some(self.layout()?.with_field(class, field, offset.cast_signed()));
        self.forget_heap();
        Ok(())
    }

    /// Whether a configuration is loaded.
    pub fn is_configured(&self) -> bool {
        self.layout.is_some()
    }

    /// A session with this layout.
    pub fn with_layout(layout: Layout) -> Session {
        Session { layout: Some(layout), ..Session::default() }
    }
}

/// Configures from the target and says what was found.
pub fn configure(target: &dyn Target, out: &mut Out) -> Session {
    out.line(format_args!("mdb_v8 version: {VERSION} (dev)"));
    let metadata = layout::read_metadata(target);
    match metadata.version {
        Ok(version) => out.line(format_args!("V8 version: {version}")),
        Err(reason) => out.warn(alloc::format!("failed to determine V8 version: {reason}")),
    }
    let word = target.word_size() as u64;
    let has_metadata = metadata.constants.iter().any(|c| c.name == "SmiTag");
    let mut session = Session::default();
    if !metadata.unreadable.is_empty() {
        out.warn(alloc::format!(
            "failed to read {} of the target's v8dbg_ symbols, \"{}\" first: the memory behind them is missing",
            metadata.unreadable.len(),
            metadata.unreadable[0]
        ));
    }
    if has_metadata {
        let layout = Layout::from_metadata(metadata, word);
        out.line(format_args!("Autoconfigured V8 support from target"));
        report(&layout, out);
        session.set_layout(layout);
    } else if let Some((version, config)) = metadata
        .version
        .ok()
        .and_then(|version| Some((version, supplement::canned_for(version, word)?)))
    {
        session.set_layout(Layout::from_canned(config, word, Some(version)));
        out.line(format_args!("Configured V8 support based on {}", config.base()));
    } else {
        out.line(format_args!("mdb_v8: target has no debug metadata and no existing config found"));
    }
    session
}

/// Says which constants every command builds on are missing, and whether the
/// V8 is newer than all that were tried.
fn report(layout: &Layout, out: &mut Out) {
    let missing = missing(layout);
    if !missing.is_empty() {
        out.warn(alloc::format!(
            "no value for {}; commands may have incorrect results!",
            missing.join(", ")
        ));
    }
    if let Some(size) = layout.find(C::TaggedSizeLog2) {
        if 1u64.checked_shl(size.unsigned_abs().try_into().unwrap_or(64)) != Some(layout.word) {
            out.warn("this V8 uses compressed pointers, which are not supported".into());
        }
    }
    if let Some(line) = layout.without_table() {
        out.line(format_args!(
            "V8 {line} has no table of its own: using that of V8 {} where metadata is silent",
            layout.config
        ));
    }
}

/// Constants without which hardly anything can be decoded; each row lists
/// alternatives, one of which must be known.
const NEEDED: &[&[C]] = &[
    &[C::SmiTag],
    &[C::SmiTagMask],
    &[C::SmiValueShift],
    &[C::HeapObjectTag],
    &[C::HeapObjectTagMask],
    &[C::HeapObjectMap],
    &[C::MapInstanceType, C::MapInstanceAttributes],
    &[C::MapInstanceSize],
    &[C::MapInobjectStart, C::MapInobjectCount],
    &[C::MapBitField2],
    &[C::MapBitField3Int, C::MapBitField3Smi],
    &[C::MapPrototype],
    &[C::MapConstructor],
    &[C::MapDescriptors],
    &[C::DictionaryMapShift],
    &[C::DescriptorHeaderSize, C::PropIdxFirst],
    &[C::PropKindMask, C::PropTypeMask],
    &[C::NameDictPrefix],
    &[C::NumberDictPrefix],
    &[C::Properties],
    &[C::Elements],
    &[C::ElementsKindMask],
    &[C::ElementsKindShift],
    &[C::ElementsDictionary],
    &[C::FixedArrayLength],
    &[C::FixedArrayData],
    &[C::ArrayLength],
    &[C::IsNotStringMask],
    &[C::StringEncodingMask],
    &[C::StringRepresentationMask],
    &[C::StringLengthInt, C::StringLengthSmi],
    &[C::SeqOneByteChars],
    &[C::ConsFirst],
    &[C::ConsSecond],
    &[C::ExternalResource],
    &[C::HeapNumberValue],
    &[C::OddballKind, C::OddballToString],
    &[C::FunctionShared],
    &[C::FunctionContext],
    &[C::SharedName],
    &[C::SharedScript],
    &[C::ScriptName],
    &[C::ScriptSource],
    &[C::ScopeInfoBase],
    &[C::ScopeInfoContextLocals],
    &[C::ScopeInfoFirstVars],
    &[C::ContextMinSlots],
    &[C::FpArgs],
    &[C::FpFunction],
    &[C::FpContext],
];

/// Names of the needed constants that are not known.
fn missing(layout: &Layout) -> Vec<String> {
    let known = |row: &&[C]| row.iter().any(|id| layout.find(*id).is_some());
    let mut names: Vec<String> = NEEDED
        .iter()
        .filter(|row| !known(row))
        .map(|row| ROWS[row[0] as usize].name.into())
        .collect();
    for class in ["JSObject", "JSArray", "JSFunction", "FixedArray", "Map", "Oddball", "HeapNumber"]
    {
        if layout.types.number_of(class).is_none() {
            names.push(alloc::format!("type {class}"));
        }
    }
    names
}
