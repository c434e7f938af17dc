-- Why a row could not be taken may cite the row, so the sentence is sealed together with it and stands in
-- clear no more. Sentences that were written before cannot be sealed by a statement: those rows are taken
-- away. The list itself, read again, tells them anew; how many they were stays with the source.
delete from source_rejection;
alter table source_rejection drop column reason;
alter table source_rejection rename column raw to sealed;
