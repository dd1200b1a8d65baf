//! `::jsdiff`

use super::json::{self, Json};
use crate::heap::classes::Classes;
use crate::heap::whole::Whole;
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::files::{self, Writer};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::memory::Target;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// First line of a summary.
const HEADING: &str = "# v8 heap summary 1: objects, bytes, class";

/// `::jsdiff`
pub struct JsDiff;

impl Dcmd for JsDiff {
    const ROW: Row = Row {
        name: c"jsdiff",
        usage: c"[-fj] [-o file] [file]",
        description: c"show which classes have grown since another core",
        options: &[
            Opt::flag('f', "replace the file of -o if it exists"),
            json::OPTION,
            Opt::text('o', "file", "save a summary of this heap"),
        ],
        help: "
With -o, saves how many live objects of each class there are and their bytes. With
the name of a file that was saved so, from an earlier core of the same program,
prints the classes of which the number or the bytes differ, the one that has grown
the most last: the difference in bytes and in objects, and what there is now.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let save = call.options.text('o');
        let before = match &call.operands[..] {
            [] if save.is_some() => None,
            [file] => Some(read(&file.to_text())?),
            _ => return Err(Failure::Usage),
        };
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        let now = counts(heap, &whole)?;
        if let Some(before) = before {
            compare(call, &before, &now, out);
        }
        if let Some(path) = save {
            write(&path, call.options.has('f'), &now)?;
            out.line(format_args!("{path}: {} classes", now.len()));
        }
        Ok(Flow::Done)
    }
}

/// Objects and bytes by class.
type Counts = BTreeMap<String, (u64, u64)>;

fn counts(heap: Heap<'_>, whole: &Whole) -> Result<Counts> {
    let (objects, life) = (&whole.objects, whole.life(heap)?);
    let classes = Classes::find(heap, objects)?;
    let mut sums = alloc::vec![(0u64, 0u64); classes.len()];
    objects.sweep(heap, |seen, _| {
        if life.has(seen.id) && !seen.map.is_free {
            let sum = &mut sums[classes.of(objects, seen.id) as usize];
            sum.0 += 1;
            sum.1 += seen.size;
        }
        Ok(())
    })?;
    let named = (0u32..).zip(sums).filter(|(_, sum)| sum.0 > 0);
    Ok(named.map(|(class, sum)| (classes.name(class).into(), sum)).collect())
}

fn write(path: &str, overwrite: bool, counts: &Counts) -> core::result::Result<(), Failure> {
    let failed = |reason| Failure::Message(alloc::format!("failed to write {path}: {reason}"));
    let mut text = String::from(HEADING);
    text.push('\n');
    for (class, (objects, bytes)) in counts {
        // A name may hold anything; a line is a class.
        let class = class.replace(['\n', '\r'], " ");
        text += &alloc::format!("{objects} {bytes} {class}\n");
    }
    let mut writer = Writer::create(path, overwrite).map_err(failed)?;
    writer.write(text.as_bytes()).map_err(failed)?;
    writer.finish().map_err(failed)
}

fn read(path: &str) -> core::result::Result<Counts, Failure> {
    let failed =
        |reason: String| Failure::Message(alloc::format!("failed to read {path}: {reason}"));
    let bytes = files::read(path).map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(|_| failed("it is no text".into()))?;
    let mut lines = text.lines();
    if lines.next() != Some(HEADING) {
        return Err(failed("it is no summary that ::jsdiff -o has saved".into()));
    }
    let mut counts = Counts::new();
    for (at, line) in lines.enumerate() {
        let mut words = line.splitn(3, ' ');
        let mut number = || words.next()?.parse().ok();
        let row = (number(), number());
        match (row, words.next()) {
            ((Some(objects), Some(bytes)), Some(class)) => {
                counts.insert(class.into(), (objects, bytes));
            }
            _ => return Err(failed(alloc::format!("line {} is none of a summary", at + 2))),
        }
    }
    Ok(counts)
}

fn compare(call: &Call, before: &Counts, now: &Counts, out: &mut Out) {
    let difference = |now: u64, before: u64| now.cast_signed().wrapping_sub(before.cast_signed());
    let mut rows: Vec<(i64, i64, &String, (u64, u64))> = Vec::new();
    let known = |counts: &Counts, class| counts.get(class).copied().unwrap_or_default();
    let gone = before.keys().filter(|class| !now.contains_key(*class));
    for class in now.keys().chain(gone) {
        let (was, is) = (known(before, class), known(now, class));
        if was != is {
            rows.push((difference(is.1, was.1), difference(is.0, was.0), class, is));
        }
    }
    rows.sort_unstable();
    if call.options.has('j') {
        for (bytes, objects, class, is) in rows {
            let row = Json::object().with("class", class.as_str()).with("bytes_more", bytes);
            let row = row.with("objects_more", objects).with("bytes", is.1);
            out.line(format_args!("{}", row.with("objects", is.0)));
        }
        return;
    }
    if rows.is_empty() {
        out.line(format_args!("no class has another number of objects or of bytes"));
        return;
    }
    out.line(format_args!(
        "{:>13} {:>10} {:>13} {:>10} CLASS",
        "BYTES MORE", "#MORE", "BYTES NOW", "#NOW"
    ));
    for (bytes, objects, class, is) in rows {
        out.line(format_args!("{bytes:>+13} {objects:>+10} {:>13} {:>10} {class}", is.1, is.0));
    }
}
