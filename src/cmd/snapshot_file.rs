//! The text of a heap snapshot: JSON with long lists of numbers
//! (src/profiler/heap-snapshot-generator.cc, HeapSnapshotJSONSerializer).

use crate::mdb::command::Failure;
use crate::mdb::files::Writer;
use alloc::string::String;

/// Bytes written at a time.
const BUFFER: usize = 64 << 10;

/// Types of nodes, by number.
const NODES: &str = "\"hidden\",\"array\",\"string\",\"object\",\"code\",\"closure\",\"regexp\",\
    \"number\",\"native\",\"synthetic\",\"concatenated string\",\"sliced string\",\"symbol\",\
    \"bigint\",\"object shape\"";
/// Types of edges, in the order of [`Edge`].
const EDGES: &str =
    "\"context\",\"element\",\"property\",\"internal\",\"hidden\",\"shortcut\",\"weak\"";

/// Types of edges.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub enum Edge {
    Context = 0,
    Element = 1,
    Property = 2,
    Internal = 3,
    Hidden = 4,
    Shortcut = 5,
    Weak = 6,
}

/// Collects output and passes it on.
pub struct Sink<'w> {
    writer: &'w mut Writer,
    text: String,
    path: &'w str,
    first: bool,
}

impl<'w> Sink<'w> {
    /// Output to a file, which goes by this name in messages.
    pub fn new(writer: &'w mut Writer, path: &'w str) -> Sink<'w> {
        Sink { writer, text: String::new(), path, first: true }
    }

    /// Everything up to the first node.
    pub fn head(&mut self, nodes: u64, edges: u64) {
        self.part(
            "{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\
            \"edge_count\",\"trace_node_id\",\"detachedness\"],\"node_types\":[[",
        );
        self.part(NODES);
        self.part(
            "],\"string\",\"number\",\"number\",\"number\",\"number\",\"number\"],\
            \"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"],\"edge_types\":[[",
        );
        self.part(EDGES);
        self.part("],\"string_or_number\",\"node\"],\"trace_function_info_fields\":[\"function_id\",\
            \"name\",\"script_name\",\"script_id\",\"line\",\"column\"],\"trace_node_fields\":[\"id\",\
            \"function_info_index\",\"count\",\"size\",\"children\"],\"sample_fields\":\
            [\"timestamp_us\",\"last_assigned_id\"],\"location_fields\":[\"object_index\",\
            \"script_id\",\"line\",\"column\"]},");
        self.part(&alloc::format!(
            "\"node_count\":{nodes},\"edge_count\":{edges},\"trace_function_count\":0}},\n\"nodes\":["
        ));
    }

    /// Writes what is waiting.
    pub fn flush(&mut self) -> Result<(), Failure> {
        let written = self.writer.write(self.text.as_bytes());
        self.text.clear();
        written.map_err(|reason| {
            Failure::Message(alloc::format!("failed to write {}: {reason}", self.path))
        })
    }

    /// A part of the file as it is; numbers begin anew.
    pub fn part(&mut self, text: &str) {
        self.text.push_str(text);
        self.first = true;
    }

    /// A line of numbers, separated from those before.
    pub fn numbers(&mut self, numbers: &[u64]) -> Result<(), Failure> {
        for number in numbers {
            if !self.first {
                self.text.push(',');
            }
            self.first = false;
            push_number(&mut self.text, *number);
        }
        self.text.push('\n');
        self.room()
    }

    /// A text in quotes, separated from that before.
    pub fn string(&mut self, quoted: &str) -> Result<(), Failure> {
        if !self.first {
            self.text.push_str(",\n");
        }
        self.first = false;
        self.text.push_str(quoted);
        self.room()
    }

    fn room(&mut self) -> Result<(), Failure> {
        if self.text.len() >= BUFFER {
            self.flush()?;
        }
        Ok(())
    }
}

/// Appends a number: a snapshot is millions of them, and the general way to write
/// one takes longer than to find it.
fn push_number(text: &mut String, mut number: u64) {
    let mut digits = [0u8; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    // Digits are UTF-8.
    text.push_str(core::str::from_utf8(&digits[first..]).unwrap_or_default());
}
