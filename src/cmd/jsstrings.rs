//! `::jsstrings`

use super::json::{self, Json};
use super::text;
use crate::heap::whole::Whole;
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::error::Result;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::memory::Target;
use crate::v8::string;
use alloc::string::String;
use alloc::vec::Vec;

/// Rows of each list.
const MOST: u64 = 10;
/// Characters of a string that are shown.
const SHOWN: u64 = 40;

/// `::jsstrings`
pub struct JsStrings;

impl Dcmd for JsStrings {
    const ROW: Row = Row {
        name: c"jsstrings",
        usage: c"[-j] [-n rows]",
        description: c"list the largest and the most repeated strings",
        options: &[json::OPTION, Opt::number('n', "rows", "rows of each list (a)")],
        help: "
Prints the live strings that take the most memory, then the texts of which there
are several copies, by the bytes of all copies together; the largest last. Only
characters that lie in the string itself count: those of external strings and of
the parts of concatenated ones do not.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        let most = usize::try_from(call.options.number('n').unwrap_or(MOST)).unwrap_or(usize::MAX);
        let mut strings = strings(heap, &whole)?;
        strings.sort_unstable_by_key(|string| (string.size, core::cmp::Reverse(string.id)));
        let json = call.options.has('j');
        let shown = |id: u32| -> Result<(String, u64)> {
            let value = whole.objects.value(heap, id);
            let length = string::info(heap, value)?.length;
            let text = string::read(heap, value, SHOWN)?;
            Ok((text::quoted(&text.units, length > SHOWN), length))
        };
        let width = target.word_size() * 2;
        if !json {
            out.line(format_args!("{:>12} {:>10} {:>width$} LARGEST", "BYTES", "LENGTH", "STRING"));
        }
        for one in &strings[strings.len().saturating_sub(most)..] {
            let value = whole.objects.value(heap, one.id);
            let (text, length) = shown(one.id)?;
            let size = one.size;
            if json {
                let row = Json::object().with("string", value).with("bytes", size);
                out.line(format_args!("{}", row.with("length", length)));
            } else {
                out.line(format_args!("{size:>12} {length:>10} {:>width$x} {text}", value.0));
            }
        }
        strings.sort_unstable_by_key(|string| (string.hash, string.id));
        let alike = |a: &Found, b: &Found| a.hash == b.hash && a.size == b.size;
        let mut repeated: Vec<(u64, u64, u32)> = strings
            .chunk_by(alike)
            .filter(|copies| copies.len() > 1)
            .map(|copies| (copies.iter().map(|s| s.size).sum(), copies.len() as u64, copies[0].id))
            .collect();
        repeated.sort_unstable();
        if !json {
            out.line(format_args!(
                "\n{:>12} {:>10} {:>width$} REPEATED",
                "BYTES", "#COPIES", "STRING"
            ));
        }
        for (bytes, copies, id) in &repeated[repeated.len().saturating_sub(most)..] {
            let value = whole.objects.value(heap, *id);
            let (text, _) = shown(*id)?;
            if json {
                let row = Json::object().with("string", value).with("bytes", *bytes);
                out.line(format_args!("{}", row.with("copies", *copies)));
            } else {
                out.line(format_args!("{bytes:>12} {copies:>10} {:>width$x} {text}", value.0));
            }
        }
        Ok(Flow::Done)
    }
}

/// A string with characters of its own.
struct Found {
    hash: u64,
    size: u64,
    id: u32,
}

/// Every live string with characters of its own.
fn strings(heap: Heap<'_>, whole: &Whole) -> Result<Vec<Found>> {
    let life = whole.life(heap)?;
    let mut found = Vec::new();
    whole.objects.sweep(heap, |seen, window| {
        if seen.map.kind != Kind::String || !seen.map.is_raw || !life.has(seen.id) {
            return Ok(());
        }
        // Behind the map and, at times, the hash, which copies need not share.
        let mut hash = 0xcbf2_9ce4_8422_2325u64 ^ u64::from(seen.map.number & 0xf);
        let mut at = 2 * heap.word_size();
        while at < seen.size {
            let Some(bytes) = window.some(seen.addr + at, seen.size - at) else { break };
            for byte in bytes {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
            }
            at += bytes.len().max(1) as u64;
        }
        found.push(Found { hash, size: seen.size, id: seen.id });
        Ok(())
    })?;
    Ok(found)
}
