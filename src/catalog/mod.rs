//! Playbooks (law and text as data) read into checked values.
