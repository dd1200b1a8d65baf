//! The debugger's output: a stack of streams. The one on top is where commands
//! print: the terminal, the pipe to the next stage, or a shell.

mod pager;
mod stream;

pub use pager::Pager;
pub use stream::{Destination, Stream, Trouble};

/// The stack of output streams.
#[derive(Debug)]
pub struct Output {
    streams: Vec<Stream>,
}

impl Output {
    /// A stack with one stream at its bottom.
    pub fn new(bottom: Stream) -> Output {
        Output { streams: vec![bottom] }
    }

    /// The current stream.
    pub fn top(&mut self) -> &mut Stream {
        let last = self.streams.len() - 1;
        &mut self.streams[last]
    }

    /// The stream at the bottom, which is standard output.
    pub fn bottom(&mut self) -> &mut Stream {
        &mut self.streams[0]
    }

    /// Makes another stream the current one.
    pub fn push(&mut self, stream: Stream) {
        self.streams.push(stream);
    }

    /// Ends the current stream; none at the bottom.
    pub fn pop(&mut self) -> Option<Stream> {
        if self.streams.len() > 1 {
            return self.streams.pop();
        }
        None
    }

    /// Whether commands print straight to the terminal or file.
    pub fn at_bottom(&self) -> bool {
        self.streams.len() == 1
    }
}
