//! Where large pieces of memory come from.
//!
//! A compiled contract of some size is megabytes of native code, which nearcore's cache reads into memory at once. On pages of
//! 4 KiB most of that time is the kernel's, which gives out one page after the other; on huge pages it is next to nothing.

use std::alloc::{GlobalAlloc, Layout, System};

#[global_allocator]
static ALLOCATOR: LargeMemory = LargeMemory;

/// The size and the place of a huge page of x86-64, and of aarch64 with pages of 4 KiB.
const HUGE_PAGE: usize = 2 << 20;

/// From here on whoever asks is expected to fill what he gets.
const LARGE: usize = 2 * HUGE_PAGE;

struct LargeMemory;

// SAFETY: it is the system's allocator. What is large begins at a huge page and ends with one, which is more than the caller
// asked for; `free` and `realloc` of the C library, to which `System` leads on Linux, take what `posix_memalign` gave.
unsafe impl GlobalAlloc for LargeMemory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() < LARGE {
            return unsafe { System.alloc(layout) };
        }
        let Some(whole) = whole_pages(layout) else { return unsafe { System.alloc(layout) } };
        let memory = unsafe { System.alloc(whole) };
        if !memory.is_null() {
            // Advice: where the kernel does not take it, the pages are small as before.
            unsafe { libc::madvise(memory.cast(), whole.size(), libc::MADV_HUGEPAGE) };
        }
        memory
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// The huge pages that hold it; `None` where it is to begin at a rarer place, or is more than there can be.
fn whole_pages(layout: Layout) -> Option<Layout> {
    let size = layout.size().checked_next_multiple_of(HUGE_PAGE)?;
    let fits = layout.align() <= HUGE_PAGE;
    Layout::from_size_align(size, HUGE_PAGE).ok().filter(|_| fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_large_begins_at_a_huge_page_and_keeps_its_contents_as_it_grows_and_shrinks() {
        for size in [LARGE - 1, LARGE, LARGE + 1, 3 * LARGE] {
            let mut memory: Vec<u8> = Vec::with_capacity(size);
            let aligned = memory.as_ptr().addr().is_multiple_of(HUGE_PAGE);
            assert!(aligned || size < LARGE, "{size}");
            memory.extend((0..size).map(|at| at as u8));
            memory.reserve_exact(LARGE);
            memory.truncate(LARGE / 2);
            memory.shrink_to_fit();
            assert!(memory.iter().enumerate().all(|(at, byte)| *byte == at as u8));
        }
    }

    #[test]
    fn more_than_there_is_is_refused_and_nothing_else() {
        assert!(Vec::<u8>::new().try_reserve_exact(isize::MAX as usize - 1).is_err());
        assert!(vec![0_u8; 2 * LARGE].iter().all(|byte| *byte == 0));
    }
}
