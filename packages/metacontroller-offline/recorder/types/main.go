// Prints, as JSON, how Kubernetes' API types are read and written: for each struct its fields, and
// for each field what it holds, whether zero is kept (a pointer) and whether it is left out when
// empty (omitempty); and the keys by which kubectl merges lists.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

// Types with a JSON form of their own, by what they hold.
var own = map[string]string{
	"k8s.io/apimachinery/pkg/api/resource.Quantity":    "quantity",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":        "time",
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":   "time",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":    "string",
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1":    "any",
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString":  "intOrString",
	"k8s.io/apimachinery/pkg/runtime.RawExtension":     "any",
	"k8s.io/apimachinery/pkg/runtime.Unknown":          "any",
}

var structs = map[string]map[string]any{}

func name(t reflect.Type) string {
	path := t.PkgPath()
	path = strings.TrimPrefix(path, "k8s.io/api/")
	path = strings.TrimPrefix(path, "k8s.io/apimachinery/pkg/apis/")
	return path + "." + t.Name()
}

func describe(t reflect.Type) any {
	full := t.PkgPath() + "." + t.Name()
	if kind, found := own[full]; found {
		return kind
	}
	switch t.Kind() {
	case reflect.Pointer:
		return describe(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return map[string]any{"list": describe(t.Elem())}
	case reflect.Map:
		return map[string]any{"map": describe(t.Elem())}
	case reflect.Struct:
		visit(t)
		return map[string]any{"struct": name(t)}
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint32, reflect.Uint64:
		return "integer"
	case reflect.Float32, reflect.Float64:
		return "number"
	default:
		return "any"
	}
}

func visit(t reflect.Type) {
	if _, found := structs[name(t)]; found {
		return
	}
	fields := map[string]any{}
	structs[name(t)] = fields
	fill(t, fields)
}

func fill(t reflect.Type, fields map[string]any) {
	for i := range t.NumField() {
		field := t.Field(i)
		tag := strings.Split(field.Tag.Get("json"), ",")
		if tag[0] == "-" {
			continue
		}
		if tag[0] == "" && field.Anonymous {
			fill(field.Type, fields)
			continue
		}
		found := map[string]any{"of": describe(field.Type)}
		if field.Type.Kind() == reflect.Pointer {
			found["pointer"] = true
		}
		if !strings.Contains(field.Tag.Get("json"), "omitempty") {
			found["always"] = true
		}
		if key := field.Tag.Get("patchMergeKey"); key != "" {
			found["key"] = key
		}
		if strategy := field.Tag.Get("patchStrategy"); strategy != "" {
			found["patch"] = strategy
		}
		fields[tag[0]] = found
	}
}

func main() {
	kinds := map[string]string{}
	for kind, t := range scheme.Scheme.AllKnownTypes() {
		if kind.Version == "__internal" || strings.HasSuffix(kind.Kind, "List") || strings.HasSuffix(kind.Kind, "Options") {
			continue
		}
		if _, found := t.FieldByName("ObjectMeta"); !found {
			continue
		}
		visit(t)
		version, _ := schema.ParseGroupVersion(kind.GroupVersion().String())
		kinds[version.String()+"/"+kind.Kind] = name(t)
	}
	names := make([]string, 0, len(structs))
	for each := range structs {
		names = append(names, each)
	}
	sort.Strings(names)
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(map[string]any{"kinds": kinds, "structs": structs}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
