//! Containers of C++ as libstdc++ has them, which Node's own builds are linked with.

use crate::v8::error::Result;
use crate::v8::heap::Heap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Words of an object that are looked through for a container; the binding of Node 26 has
/// its table at 0x38.
const WORDS: u64 = 256;
/// Largest load of hash tables: 1.0 as a float (bits/hashtable_policy.h,
/// _Prime_rehash_policy).
const FULL: u32 = 0x3f80_0000;

/// A std::string: a pointer and a length (bits/basic_string.h); none where there is
/// no such thing, or a longer one than this.
pub fn string(heap: Heap<'_>, addr: u64, longest: u64) -> Option<String> {
    let text = heap.word(addr).ok()?;
    let length = heap.word(addr.wrapping_add(heap.word_size())).ok()?;
    if text == 0 || length == 0 || length > longest {
        return None;
    }
    let mut bytes = vec![0; length as usize];
    heap.target.read(text, &mut bytes).ok()?;
    String::from_utf8(bytes).ok()
}

/// Addresses of the keys of a hash table that lies in an object: the first one that
/// has any and begins with a key that is wanted. Each is behind a link to the next
/// (bits/hashtable.h, _Hashtable). There are not more than `most`.
pub fn hash_table(
    heap: Heap<'_>,
    object: u64,
    most: u64,
    is_wanted: impl Fn(u64) -> bool,
) -> Result<Vec<u64>> {
    let word = heap.word_size();
    for at in (0..WORDS).map(|index| object.wrapping_add(index * word)) {
        heap.check_interrupt()?;
        let field = |index: u64| heap.word(at.wrapping_add(index * word)).unwrap_or(0);
        // Buckets, their number, the first node, the number of nodes, the policy.
        let (buckets, first, count) = (field(1), field(2), field(3));
        let is_one = field(4) as u32 == FULL && (1..=most).contains(&count) && buckets >= count;
        if !is_one || !is_wanted(first.wrapping_add(word)) {
            continue;
        }
        let (mut keys, mut node) = (Vec::new(), first);
        while node != 0 && keys.len() as u64 <= count {
            heap.check_interrupt()?;
            keys.push(node.wrapping_add(word));
            let Ok(next) = heap.word(node) else { break };
            node = next;
        }
        if node == 0 && keys.len() as u64 == count {
            return Ok(keys);
        }
    }
    Ok(Vec::new())
}
