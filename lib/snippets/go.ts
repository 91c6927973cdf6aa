import { apiUrl, double, onlyOf, whyOnly } from './quote.ts'
import { SNIPPET_GRACE_DAYS, type SnippetFacts } from './schema.ts'

export const go = (facts: SnippetFacts): string => `package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

const (
	api            = ${double(apiUrl(facts))}
	organizationID = ${double(facts.organizationId)}
	graceDays      = ${SNIPPET_GRACE_DAYS}             // how long people may go on without an answer
	file           = "license.json" // in your app: a file below os.UserConfigDir()
	// ${whyOnly(facts)}
	onlyField = ${double(onlyOf(facts).field)}
	onlyID    = ${double(onlyOf(facts).id)}
)

type license struct {
	Key          string  \`json:"key"\`
	ActivationID *string \`json:"activation_id"\`
	GoodAt       int64   \`json:"good_at"\`
}

type answer struct {
	ID     *string
	Valid  *bool
	Code   string
	Detail string
}

type fields map[string]any

// ask gives an empty answer when there is none: no network, a timeout, some proxy's page.
func ask(call string, body fields) answer {
	none := answer{Detail: "No answer. Check the connection and try again."}
	body["organization_id"] = organizationID
	data, _ := json.Marshal(body)
	client := http.Client{Timeout: 5 * time.Second}
	response, err := client.Post(api+"/"+call, "application/json", bytes.NewReader(data))
	if err != nil {
		return none
	}
	defer response.Body.Close()
	var got answer
	if json.NewDecoder(response.Body).Decode(&got) != nil || got.Code == "" {
		return none
	}
	return got
}

func load() (mine license, found bool) {
	data, err := os.ReadFile(file)
	return mine, err == nil && json.Unmarshal(data, &mine) == nil
}

func save(mine license) {
	data, _ := json.Marshal(mine)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// Activate is called when somebody enters their key.
func Activate(key string) (ok bool, why string) {
	device, _ := os.Hostname()
	// The fingerprint is whatever stays the same on a device.
	got := ask("activate", fields{"key": key, "label": device, "fingerprint": device})
	// ACTIVATIONS_OFF: this key takes no devices, so it is validated without one.
	if got.Code != "ACTIVATED" && got.Code != "ACTIVATIONS_OFF" {
		return false, got.Detail
	}
	save(license{Key: key, ActivationID: got.ID})
	if ok, why = Check(); !ok {
		Deactivate()
	}
	return ok, why
}

// Check is called at every start, and once a day: may this copy be used?
func Check() (ok bool, why string) {
	mine, found := load()
	if !found {
		return false, "Enter a license key."
	}
	got := ask("validate", fields{"key": mine.Key, "activation_id": mine.ActivationID, onlyField: onlyID})
	if got.Valid != nil {
		mine.GoodAt = 0
		if *got.Valid {
			mine.GoodAt = time.Now().Unix()
		}
		save(mine)
		return *got.Valid, got.Detail
	}
	// Anything else, also 429 and 503, is no "no": go on with the last good answer.
	if time.Since(time.Unix(mine.GoodAt, 0)).Abs() < graceDays*24*time.Hour {
		return true, "No answer now, but a good one lately."
	}
	return false, "Connect to the internet to check the license."
}

// Deactivate frees this device's slot, for another computer.
func Deactivate() (ok bool, why string) {
	if mine, found := load(); found && mine.ActivationID != nil {
		got := ask("deactivate", fields{"key": mine.Key, "activation_id": mine.ActivationID})
		switch got.Code {
		case "DEACTIVATED", "ACTIVATION_NOT_FOUND", "NOT_FOUND", "REPLACED":
		default:
			return false, got.Detail
		}
	}
	os.Remove(file)
	return true, "This device is free."
}

// Only to try it in a terminal.
func main() {
	command, key := append(os.Args, "", "")[1], append(os.Args, "", "")[2]
	ok, why := false, ""
	switch command {
	case "activate":
		ok, why = Activate(key)
	case "deactivate":
		ok, why = Deactivate()
	default:
		ok, why = Check()
	}
	fmt.Println(map[bool]string{true: "yes:", false: "no:"}[ok], why)
}
`
