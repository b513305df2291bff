-- readable from: 21
-- A person's reviews lie together and are few enough to be gone through, while there is one for nearly every other
-- answer: an index beside their key made a review take twice the room.

DROP INDEX reviews_by_due;
