// The script of the pages: what every page does, and what only a todo list does.
import "ironstar"
import "./ts/auction_charts"
import "./ts/edit"
import "./ts/filter"
import "./ts/sortable"
