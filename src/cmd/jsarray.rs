//! `::jsarray`

use super::json::{self, Json};
use super::text;
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Progress, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::describe::describe;
use crate::v8::elements::{Element, Elements};
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::memory::Target;
use crate::v8::properties::Slot;
use crate::v8::value::Value;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Elements read at a time.
const BATCH: u64 = 1024;

/// `::jsarray`
pub struct JsArray;

impl Dcmd for JsArray {
    const ROW: Row = Row {
        name: c"jsarray",
        usage: c":[-ij]",
        description: c"print elements of a JavaScript array",
        options: &[Opt::flag('i', "put each element's index before it"), json::OPTION],
        help: "
Prints the values of an array's elements, one a line, for other commands to work
on. Holes are printed as the object that stands for them; of a sparse array only
the elements that exist are listed.

Arrays of numbers that are not all integers have no objects for them. Such
elements print as \"double: 1.5\" and, where a number of the kind is missing, as
\"hole\". In a pipeline they are left out and counted, as there is no address to
hand on.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let array = Value(call.address()?);
        let form = Form {
            indices: call.options.has('i'),
            json: call.options.has('j'),
            piped: out.is_piped(),
        };
        let mut listing = Listing::new(heap, array, form).map_err(|error| match error {
            Error::Interrupted => Failure::Interrupted,
            error => Failure::Message(alloc::format!("{array}: failed to load JSArray: {error}")),
        })?;
        Ok(Flow::More(Box::new(move |session, target, out| {
            Ok(listing.go_on(session.heap(target)?, out)?)
        })))
    }
}

/// How elements are printed.
#[derive(Clone, Copy)]
struct Form {
    indices: bool,
    json: bool,
    piped: bool,
}

/// A place in an array.
struct Listing {
    array: Value,
    form: Form,
    next: u64,
    /// All elements of a sparse array: its table is in no order.
    sparse: Option<Vec<Element>>,
    /// The object in the place of a hole: one is all.
    hole: Option<Value>,
    left_out: u64,
}

impl Listing {
    fn new(heap: Heap<'_>, array: Value, form: Form) -> Result<Listing> {
        heap.expect(array, Kind::Array, "JSArray")?;
        let elements = Elements::new(heap, array)?;
        let sparse = if elements.is_sparse() { Some(elements.batch(0, u64::MAX)?) } else { None };
        Ok(Listing { array, form, next: 0, sparse, hole: None, left_out: 0 })
    }

    /// Prints until a chunk of output is full or the array is at its end.
    fn go_on(&mut self, heap: Heap<'_>, out: &mut Out) -> Result<Progress> {
        let elements = match &self.sparse {
            Some(_) => None,
            None => Some(Elements::new(heap, self.array)?),
        };
        while !out.is_full() {
            heap.check_interrupt()?;
            let batch = match (&self.sparse, &elements) {
                (Some(all), _) => {
                    all.iter().skip(self.next as usize).take(BATCH as usize).copied().collect()
                }
                (None, Some(elements)) => elements.batch(self.next, BATCH)?,
                (None, None) => Vec::new(),
            };
            for element in &batch {
                self.element(heap, elements.as_ref(), element, out)?;
            }
            self.next += batch.len() as u64;
            if (batch.len() as u64) < BATCH {
                self.finish(out);
                return Ok(Progress::Done);
            }
        }
        Ok(Progress::More)
    }

    fn element(
        &mut self,
        heap: Heap<'_>,
        elements: Option<&Elements<'_>>,
        element: &Element,
        out: &mut Out,
    ) -> Result<()> {
        let (value, text) = match element.slot {
            Some(Slot::Value(value)) => (Some(value), "".into()),
            Some(Slot::Double(bits)) => {
                (None, alloc::format!("double: {}", text::number(f64::from_bits(bits))))
            }
            Some(Slot::Accessor { getter, setter }) => (getter.or(setter), "accessor".into()),
            None => {
                if let (None, Some(elements)) = (self.hole, elements) {
                    self.hole = elements.hole_at(element.index)?;
                }
                (self.hole, "hole".into())
            }
        };
        if self.form.json {
            let row = Json::object().with("index", element.index).with("value", value);
            let row = match element.slot {
                Some(Slot::Value(value)) => row.with("type", describe(heap, value)),
                Some(Slot::Double(bits)) => {
                    row.with("type", "double").with("double", Json::number(f64::from_bits(bits)))
                }
                _ => row.with("type", text),
            };
            out.line(format_args!("{row}"));
            return Ok(());
        }
        if value.is_none() && self.form.piped {
            self.left_out += 1;
            return Ok(());
        }
        if self.form.indices {
            out.text(&alloc::format!("{} ", element.index));
        }
        match value {
            Some(value) => out.line(format_args!("{value}")),
            None => out.line(format_args!("{text}")),
        }
        Ok(())
    }

    fn finish(&self, out: &mut Out) {
        if self.left_out > 0 {
            out.warn(alloc::format!(
                "{}: {} elements are numbers without an object of their own, and were left out",
                self.array,
                self.left_out
            ));
        }
    }
}
