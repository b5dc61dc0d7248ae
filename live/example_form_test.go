package live_test

import (
	"context"
	"fmt"
	"os"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/live"
)

// In a template: @live.Form(todohttp.ListAddURL(id), live.FormID("add")) { <button>Add</button> }
func ExampleForm() {
	form := live.Form("/todo/list/mine/add", live.FormID("add"))
	children := templ.WithChildren(context.Background(), templ.Raw("<button>Add</button>"))
	if err := form.Render(children, os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output: <form id="add" method="post" action="/todo/list/mine/add" data-live-command><button>Add</button><p class="live-error" data-live-error="" role="alert"></p></form>
}

// In a template: @live.Field(todo.ListAddForm.Level, "How urgent?", live.Value("high"))
func ExampleField() {
	level := ironstar.FormField{Name: "level", Values: []string{"low", "high"}, Required: true} // as generated code has it
	if err := live.Field(level, "How urgent?", live.Value("high")).Render(context.Background(), os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output: <div class="live-field" data-live-edits><label for="level">How urgent?</label><select aria-describedby="level-error" autocomplete="off" id="level" name="level" required><option value="low">Low</option><option value="high" selected>High</option></select><p class="live-error" id="level-error" data-live-error="level" role="alert"></p></div>
}

// In a template: @live.Button(todohttp.ListMoveURL(id), live.Fields{"id": item.ID, "by": -1}) { Up }
func ExampleButton() {
	up := live.Button("/todo/list/mine/move", live.Fields{"id": "7", "by": -1})
	if err := up.Render(templ.WithChildren(context.Background(), templ.Raw("Up")), os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output: <button form="live-buttons" formaction="/todo/list/mine/move?by=-1&amp;id=7">Up</button>
}
