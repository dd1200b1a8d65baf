//! Names that many things share, by number.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// Names, each once.
#[derive(Debug, Default)]
pub struct Names {
    list: Vec<Rc<str>>,
    numbers: BTreeMap<Rc<str>, u32>,
}

impl Names {
    /// The number of a name, the next one if it is new.
    pub fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.list.len() as u32;
        let name: Rc<str> = name.into();
        self.list.push(Rc::clone(&name));
        self.numbers.insert(name, number);
        number
    }

    /// The name of a number that was given out.
    pub fn get(&self, number: u32) -> &str {
        &self.list[number as usize]
    }

    /// Every name, by number.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|name| &**name)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}
