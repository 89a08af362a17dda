"""The pages of the room, by task: the list, starting, answering, closing (review, result, submit) and keeping."""
