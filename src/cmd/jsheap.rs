//! `::jsheap`

use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::memory::Target;
use alloc::collections::BTreeMap;

/// `::jsheap`
pub struct JsHeap;

impl Dcmd for JsHeap {
    const ROW: Row = Row {
        name: c"jsheap",
        usage: c"",
        description: c"summarize the heap",
        options: &[],
        help: "
",
    };

    fn run(_call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        let objects = &whole.objects;
        out.line(format_args!("pages {} objects {}", objects.pages.list.len(), objects.len()));
        let mut spaces = BTreeMap::new();
        for page in &objects.pages.list {
            let e = spaces.entry(objects.pages.space(page)).or_insert((0, 0));
            e.0 += 1;
            e.1 += page.end - page.start;
        }
        for (s, n) in spaces { out.line(format_args!("{s:?} {n:?}")); }
        let life = if _call.addr.is_none() { Some(whole.life(heap)?) } else { None };
        if let Some(life) = life { out.line(format_args!("roots {} known {}", life.roots.len(), life.is_known())); }
        let mut kinds: BTreeMap<_, (u64, u64, u64, u64)> = BTreeMap::new();
        let mut total = 0;
        objects.sweep(heap, &mut |seen, _| {
            let k = kinds.entry((seen.map.number, seen.map.is_free)).or_default();
            if life.is_none_or(|l| l.has(seen.id)) { k.0 += 1; k.1 += seen.size; } else { k.2 += 1; k.3 += seen.size; }
            total += seen.size;
            Ok(())
        })?;
        for ((number, free), k) in kinds {
            let (_, class) = heap.layout.types.lookup(number);
            out.line(format_args!("{number} {class:?} {free} live {} {} dead {} {}", k.0, k.1, k.2, k.3));
        }
        out.line(format_args!("total {total}"));
        Ok(Flow::Done)
    }
}
