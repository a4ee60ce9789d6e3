//! What holds a deep trie: taking one apart needs stack, and Python lets the last reference go on any thread.

use crate::guard;

pub struct Deep<T: Send>(Option<T>);

impl<T: Send> Deep<T> {
    pub fn new(value: T) -> Self {
        Deep(Some(value))
    }

    pub fn get(&self) -> &T {
        self.0.as_ref().expect("a value until it is dropped")
    }

    pub fn get_mut(&mut self) -> &mut T {
        self.0.as_mut().expect("a value until it is dropped")
    }
}

impl<T: Send> Drop for Deep<T> {
    fn drop(&mut self) {
        let value = self.0.take();
        // Without a thread to be had, it goes here and now.
        let _ = guard::with_stack(|| drop(value));
    }
}
