//! `::findjsobjects`

use super::json::{self, Json};
use super::references;
use crate::heap::groups::{Group, Groups};
use crate::heap::whole::Whole;
use crate::mdb::args::{Choice, Opt};
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Progress, Row, Step};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::heap::Heap;
use crate::v8::memory::Target;
use crate::v8::value::Value;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

/// Columns that the text of a row may take.
const COLUMNS: usize = 80;

/// How properties are kept, for `-k`.
const KINDS: &[&str] = &["dict", "inobject", "props", "badprop"];

/// `::findjsobjects`
pub struct FindJsObjects;

impl Dcmd for FindJsObjects {
    const ROW: Row = Row {
        name: c"findjsobjects",
        usage: c"?[-abjlmrsv] [-c cons | -p prop | -k kind]",
        description: c"find JavaScript objects",
        options: &[
            Opt::flag('a', "with objects that nothing refers to or that look corrupt"),
            Opt::flag('b', "search the heap that brk(2) grows too"),
            Opt::text('c', "cons", "those with this constructor").of(Choice::Constructor),
            json::OPTION,
            Opt::text('k', "kind", "those whose properties are kept like this")
                .of(Choice::Words(KINDS)),
            Opt::flag('l', "list addresses only"),
            Opt::flag('m', "mark the object for a later -r"),
            Opt::text('p', "prop", "those with this property").of(Choice::Property),
            Opt::flag('r', "what refers to the object or to those marked"),
            Opt::flag('s', "show and sort by bytes"),
            Opt::flag('v', "say what was found, and in how much memory"),
        ],
        help: "
Without an address, finds all objects and prints a row for those that look
alike: that have the same constructor and the same properties in the same order,
or are arrays of the same length. A row shows the address of one of them, how
many there are, how many properties each has, and their names. The rows with the
most properties in all come last. With -c, -p or -k, prints only the addresses of
one object for each row that matches; the kinds are dict, inobject, props and
badprop.

With an address, lists the addresses of all objects that look like the one there,
so that ::findjsobjects -p NAME | ::findjsobjects finds all with a property.

Objects that nothing keeps alive are left out, unless -a asks for them: memory
that V8 has not used again holds many. Functions are to be had from ::jsfunctions.

With -s the sizes count the objects alone, not what they refer to: see
::jsretained. The heap is searched once; later commands use what was found.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let options = &call.options;
        let (has_cons, has_prop, has_kind) = (options.has('c'), options.has('p'), options.has('k'));
        let conflict = match (has_cons, has_prop, has_kind) {
            (true, true, _) => Some("both a property name and a constructor"),
            (_, true, true) => Some("both a property name and a property kind"),
            (true, _, true) => Some("both a constructor name and a property kind"),
            _ => None,
        };
        if let Some(conflict) = conflict {
            return Err(Failure::Message(alloc::format!("cannot specify {conflict}")));
        }
        let heap = session.heap(target)?;
        let known = session.has_whole();
        let whole = session.whole(target, options.has('b'))?;
        let groups = whole.groups(heap)?;
        if options.has('v') && !known {
            report(&whole, groups, out);
        }
        if options.has('m') || options.has('r') {
            return references::marked(call, session, target, &whole, out);
        }
        if let Some(addr) = call.addr {
            let group = group_of(heap, &whole, addr)?;
            return Ok(Flow::More(members(whole, group, options.has('a'))));
        }
        let rows = rows(call, groups);
        if out.is_piped() || options.has('l') || has_cons || has_prop || has_kind {
            for group in rows {
                out.line(format_args!("{}", group.first));
            }
            return Ok(Flow::Done);
        }
        if options.has('j') {
            for group in rows {
                out.line(format_args!("{}", row_json(groups, group)));
            }
            return Ok(Flow::Done);
        }
        let width = target.word_size() * 2;
        let bytes = if options.has('s') { "       BYTES" } else { "" };
        out.line(format_args!(
            "{:>width$} {:>8} {:>8}{bytes} CONSTRUCTOR: PROPS",
            "OBJECT", "#OBJECTS", "#PROPS"
        ));
        for group in rows {
            let (count, size) = counted(call, group);
            let mut row =
                alloc::format!("{:>width$x} {count:>8} {:>8}", group.first.0, group.props);
            if options.has('s') {
                // Writing to a String cannot fail.
                let _ = write!(row, "{size:>12}");
            }
            row.push(' ');
            describe(&mut row, groups, group);
            out.line(format_args!("{row}"));
        }
        if !whole.life(heap)?.is_known() && !known {
            out.warn(
                "the debugger does not list the target's mappings: objects that nothing \
                 refers to are among these"
                    .into(),
            );
        }
        Ok(Flow::Done)
    }
}

/// How many objects of a group are asked for, and their bytes.
fn counted(call: &Call, group: &Group) -> (u64, u64) {
    match call.options.has('a') {
        true => (group.alive + group.dead, group.bytes + group.dead_bytes),
        false => (group.alive, group.bytes),
    }
}

/// The groups asked for, the largest last.
fn rows<'a>(call: &Call, groups: &'a Groups) -> Vec<&'a Group> {
    let options = &call.options;
    let (cons, prop, kind) = (options.text('c'), options.text('p'), options.text('k'));
    let wanted = |group: &&Group| {
        let shown = options.has('a') || group.alive > 0 && !group.is_bad();
        let traits = group.traits;
        let kinds = [traits.dict, traits.inobject, traits.props, traits.badprop];
        let mut kinds = KINDS.iter().zip(kinds);
        shown
            && !group.is_function
            && cons.as_deref().is_none_or(|cons| group.constructor.as_deref() == Some(cons))
            && prop.as_deref().is_none_or(|prop| groups.names(group).any(|name| name == prop))
            && kind
                .as_deref()
                .is_none_or(|kind| kinds.any(|(name, has)| has && name.contains(kind)))
    };
    let mut rows: Vec<&Group> = groups.list.iter().filter(wanted).collect();
    rows.sort_by_key(|group| {
        let (count, bytes) = counted(call, group);
        let first = if options.has('s') { bytes } else { count.saturating_mul(group.props) };
        (first, count, group.props)
    });
    rows
}

/// Adds `Constructor: name, name...` to a row, as far as there is room.
fn describe(row: &mut String, groups: &Groups, group: &Group) {
    row.push_str(group.constructor.as_deref().unwrap_or_default());
    if group.is_array {
        return;
    }
    let mut separator = if group.constructor.is_some() { ": " } else { "" };
    for name in groups.names(group) {
        if row.len() + separator.len() + name.len() + "...".len() > COLUMNS {
            row.push_str(separator);
            row.push_str("...");
            return;
        }
        row.push_str(separator);
        row.push_str(name);
        separator = ", ";
    }
}

fn row_json(groups: &Groups, group: &Group) -> Json {
    Json::object()
        .with("object", group.first)
        .with("constructor", group.constructor.as_deref().map(String::from))
        .with("objects", group.alive)
        .with("unreachable", group.dead)
        .with("bytes", group.bytes)
        .with("properties", group.props)
        .with("names", Json::list(groups.names(group).map(String::from)))
}

/// The group of the object at an address.
pub fn group_of(heap: Heap<'_>, whole: &Whole, addr: u64) -> Result<usize, Failure> {
    let id = whole.objects.id(Value(addr));
    let group = match id {
        Some(id) => whole.groups(heap)?.of(&whole.objects, id),
        None => None,
    };
    group.ok_or_else(|| Failure::Message(alloc::format!("{addr:x} is not a valid object")))
}

/// Lists the objects of a group: the one that stands for it, then the rest.
fn members(whole: Rc<Whole>, group: usize, with_dead: bool) -> Step {
    let mut done: Option<u32> = None;
    Box::new(move |session, target, out| {
        let heap = session.heap(target)?;
        let (groups, life) = (whole.groups(heap)?, whole.life(heap)?);
        let objects = &whole.objects;
        let first = objects.id(groups.list[group].first);
        let begin = done;
        if begin.is_none() {
            out.line(format_args!("{}", groups.list[group].first));
        }
        let rest = groups.members(objects, group).skip_while(|id| begin.is_some_and(|b| *id <= b));
        for id in rest.filter(|id| Some(*id) != first && (with_dead || life.has(*id))) {
            out.line(format_args!("{}", objects.value(heap, id)));
            done = Some(id);
            if out.is_full() {
                return Ok(Progress::More);
            }
        }
        Ok(Progress::Done)
    })
}

/// What the search found.
fn report(whole: &Whole, groups: &Groups, out: &mut Out) {
    let objects = &whole.objects;
    let memory: u64 = objects.stretches.iter().map(|(start, end)| end - start).sum();
    let functions = |wanted: bool| groups.list.iter().filter(move |g| g.is_function == wanted);
    let count = |wanted| functions(wanted).map(|group| group.alive + group.dead).sum::<u64>();
    let dead: u64 = functions(false).map(|group| group.dead).sum();
    let rows = [
        ("bytes of memory", memory),
        ("heap objects", objects.len() as u64),
        ("maps", objects.maps.iter().count() as u64),
        ("JavaScript objects", count(false)),
        ("possible garbage", dead),
        ("unique objects", functions(false).count() as u64),
        ("functions found", count(true)),
    ];
    for (what, number) in rows {
        out.line(format_args!("findjsobjects: {what:>30} => {number}"));
    }
}
